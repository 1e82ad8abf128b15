"""Translates what an agent refuses into words that a person can act on."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from collectors.snmp.ber import Oid
from core.errors import SourceError
from core.schema.sources.snmp import SnmpSource


class Explanation(NamedTuple):
    """`text` may name `{user}` and `{agent}`; `permanent` means that a person must act."""

    text: str
    permanent: bool = True


_SILENCE: Final = (
    "no answer from {agent} (wrong community and wrong privacy password also look like this)"
)
_USM: Final = (1, 3, 6, 1, 6, 3, 15, 1, 1)  # usmStats (RFC 3414, 5)
_MPD: Final = (1, 3, 6, 1, 6, 3, 11, 2, 1)  # snmpMPDStats (RFC 3412, 5)
_CONTEXT: Final = (1, 3, 6, 1, 6, 3, 12, 1)  # snmpTargetObjects (RFC 3413, 4.1)
NOT_IN_TIME_WINDOW: Final = (*_USM, 2, 0)
UNKNOWN_ENGINE_ID: Final = (*_USM, 4, 0)

# By the counter that an SNMPv3 agent reports.
EXPLANATIONS: Final[Mapping[Oid, Explanation]] = {
    (*_USM, 1, 0): Explanation(
        "{agent} does not let SNMPv3 user {user} in with this set of passwords: it wants another"
        " level (none, auth, or auth and privacy)"
    ),
    NOT_IN_TIME_WINDOW: Explanation(
        "the SNMPv3 clock of {agent} does not hold still (it may be restarting)", permanent=False
    ),
    (*_USM, 3, 0): Explanation("{agent} does not know the SNMPv3 user {user}"),
    UNKNOWN_ENGINE_ID: Explanation("the SNMPv3 engine id of {agent} changed", permanent=False),
    (*_USM, 5, 0): Explanation("wrong auth password or protocol for SNMPv3 user {user}"),
    (*_USM, 6, 0): Explanation("wrong privacy password or protocol for SNMPv3 user {user}"),
    (*_MPD, 1, 0): Explanation("{agent} does not speak this SNMP version"),
    (*_MPD, 2, 0): Explanation("{agent} calls our question senseless", permanent=False),
    (*_MPD, 3, 0): Explanation("{agent} does not answer such questions"),
    (*_CONTEXT, 4, 0): Explanation("{agent} has no values at the moment", permanent=False),
    (*_CONTEXT, 5, 0): Explanation("{agent} does not have what SNMPv3 user {user} may read"),
}

FOREIGN: Final = "an answer came from "  # and an address

# A reply's error-status, by number (RFC 3416).
TOO_BIG: Final = 1
NO_SUCH_NAME: Final = 2
STATUS_NAMES: Final = (
    *("noError", "tooBig", "noSuchName", "badValue", "readOnly", "genErr", "noAccess"),
    *("wrongType", "wrongLength", "wrongEncoding", "wrongValue", "noCreation"),
    *("inconsistentValue", "resourceUnavailable", "commitFailed", "undoFailed"),
    *("authorizationError", "notWritable", "inconsistentName"),
)


class SilenceError(SourceError):
    """Nothing came that could be read; a smaller request may be answered."""


def refused_text(refused: Mapping[str, int]) -> str:
    """What came and was not read, by its reason: `an answer came too late (3)`; empty if nothing."""
    return "; ".join(f"{reason} ({count})" for reason, count in sorted(refused.items()))


def silence_error(source: SnmpSource, refused: Mapping[str, int]) -> SilenceError:
    """What a person should know of a silent agent: what came instead, or what looks like silence."""
    silence = _SILENCE.format(agent=agent_name(source))
    if not refused:
        return SilenceError(silence)
    foreign = any(reason.startswith(FOREIGN) for reason in refused)
    hint = (
        "; name the addresses of the agent in `answers_from` if it is the same" if foreign else ""
    )
    return SilenceError(
        f"no answer from {agent_name(source)} that could be read: {refused_text(refused)}{hint}"
    )


def agent_name(source: SnmpSource) -> str:
    """`192.0.2.7:161`."""
    return f"{source.host}:{source.port}"


def report_error(source: SnmpSource, oid: Oid) -> SourceError:
    """The error behind an agent's report; an unknown one is quoted and taken for temporary."""
    known = EXPLANATIONS.get(oid)
    if known is None:
        number = ".".join(map(str, oid))
        return SourceError(f"bad answer from {agent_name(source)}: report {number}")
    user = repr(source.user.name) if source.user else "?"
    text = known.text.format(agent=agent_name(source), user=user)
    return SourceError(text, permanent=known.permanent)


def status_name(status: int) -> str:
    """`genErr` of 5; the number itself when no standard names it."""
    return STATUS_NAMES[status] if 0 <= status < len(STATUS_NAMES) else str(status)
