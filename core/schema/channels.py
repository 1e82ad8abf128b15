"""Who is alerted: the kinds of channel, a line each, and which alerts go to which channels and people.


All else that is known of a kind lies in the two places it names.
"""

from typing import Annotated, NamedTuple

from pydantic import BeforeValidator, Field, ValidationInfo

from core.schema.channel_kinds.base import ChannelEntry
from core.schema.covered_hours import CoveredHours
from core.schema.kinds import class_named, read_by_kind
from core.schema.names import DeviceId
from core.schema.strict_model import Strict
from core.time.clock import DAY, SECOND
from core.time.duration import Duration
from core.vocabulary.severity import Severity


class ChannelKind(NamedTuple):
    """Where a kind of channel lives, as `module:class`; each is imported only where it is used."""

    entry: str  # its ChannelEntry, which the site file is read into
    sender: str  # its ChannelSender: see alerts/channels/base.py


KINDS: dict[str, ChannelKind] = {
    "log": ChannelKind("core.schema.channel_kinds.log:LogChannel", "alerts.channels.log:LogSender"),
    "apprise": ChannelKind(
        "core.schema.channel_kinds.apprise:AppriseChannel", "alerts.channels.apprise:AppriseSender"
    ),
    "gsm": ChannelKind(
        "core.schema.channel_kinds.gsm:GsmChannel", "alerts.channels.gsm.sender:GsmSender"
    ),
    "telegram": ChannelKind(
        "core.schema.channel_kinds.telegram:TelegramChannel",
        "alerts.channels.telegram:TelegramSender",
    ),
}


def channel_model(kind: str) -> type[ChannelEntry]:
    """The model of a registered kind."""
    model = class_named(KINDS[kind].entry)
    assert issubclass(model, ChannelEntry)
    return model


def _by_its_kind(raw: object, info: ValidationInfo) -> ChannelEntry:
    if isinstance(raw, ChannelEntry):
        return raw
    return read_by_kind(raw, info, channel_model, KINDS)


Channel = Annotated[ChannelEntry, BeforeValidator(_by_its_kind)]


class EscalationStep(Strict):
    """Who is alerted besides when nobody has acknowledged for so long."""

    after: Duration
    to: Annotated[list[str], Field(min_length=1)]  # people, rotas, roles


class Route(Strict):
    """Which alerts go to which channels and people. What is left out narrows nothing."""

    severities: list[Severity]
    channels: list[str] = []
    to: list[str] = []  # people, rotas, roles: by their own channels
    roles: list[str] = []  # everybody who has one of them
    devices: list[DeviceId] | None = None
    hours: CoveredHours | None = None
    escalate: list[EscalationStep] = []


class NoticeSettings(Strict):
    """When people are alerted. Scanward's defaults, no source."""

    # So long the first message waits for what belongs to it: not if it is critical and the device
    # depends on no other.
    group_wait: Duration = 30 * SECOND
    # Then who acknowledged is reminded that it still fires; of what is critical after a day at most.
    acknowledged_for: Duration = 7 * DAY
