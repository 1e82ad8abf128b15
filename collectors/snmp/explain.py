"""Translates what pysnmp calls an error into words that a person can act on."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from core.errors import SourceError
from core.schema.sources.snmp import SnmpSource


class Explanation(NamedTuple):
    """`text` may name `{user}` and `{agent}`; `permanent` means that a person must act."""

    text: str
    permanent: bool = True


TIMED_OUT: Final = "RequestTimedOut"

# By the name of pysnmp's class of indication.
EXPLANATIONS: Final[Mapping[str, Explanation]] = {
    TIMED_OUT: Explanation(
        "no answer from {agent} (wrong community and wrong privacy password also look like this)",
        permanent=False,
    ),
    "WrongDigest": Explanation("wrong auth password or protocol for SNMPv3 user {user}"),
    "AuthenticationFailure": Explanation("wrong auth password or protocol for SNMPv3 user {user}"),
    "UnknownUserName": Explanation("{agent} does not know the SNMPv3 user {user}"),
    "UnknownSecurityName": Explanation("{agent} does not know the SNMPv3 user {user}"),
    "UnsupportedSecurityLevel": Explanation(
        "{agent} does not let SNMPv3 user {user} in with this set of passwords: it wants another"
        " level (none, auth, or auth and privacy)"
    ),
    "DecryptionError": Explanation("wrong privacy password or protocol for SNMPv3 user {user}"),
    "EncryptionError": Explanation(
        "cannot encrypt for SNMPv3 user {user}: the Python package `cryptography` is absent or old"
    ),
    "UnsupportedAuthProtocol": Explanation("{agent} refuses the auth protocol of user {user}"),
    "UnsupportedPrivProtocol": Explanation("{agent} refuses the privacy protocol of user {user}"),
    "NotInTimeWindow": Explanation(
        "the SNMPv3 clock of {agent} does not hold still (it may be restarting)", permanent=False
    ),
    "UnknownEngineID": Explanation("the SNMPv3 engine id of {agent} changed", permanent=False),
    "UnsupportedMsgProcessingModel": Explanation("{agent} does not speak this SNMP version"),
    "UnsupportedSecurityModel": Explanation("{agent} does not speak this SNMP version"),
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
    silence = EXPLANATIONS[TIMED_OUT].text.format(agent=agent_name(source))
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


def indication_error(indication: object, source: SnmpSource) -> SourceError:
    """The error behind a pysnmp indication; an unknown one is quoted and taken for temporary."""
    known = EXPLANATIONS.get(type(indication).__name__)
    if known is None:
        return SourceError(f"bad answer from {agent_name(source)}: {str(indication)!r}")
    user = repr(source.user.name) if source.user else "?"
    text = known.text.format(agent=agent_name(source), user=user)
    return SourceError(text, permanent=known.permanent)


def exception_error(error: Exception, source: SnmpSource) -> SourceError:
    """The error behind an exception out of pysnmp. Its text is left out: it may quote a password."""
    return SourceError(f"pysnmp stumbled over {agent_name(source)}: {type(error).__name__}")


def status_name(status: int) -> str:
    """`genErr` of 5; the number itself when no standard names it."""
    return STATUS_NAMES[status] if 0 <= status < len(STATUS_NAMES) else str(status)
