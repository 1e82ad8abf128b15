"""Who is alerted: the kinds of channel, a line each, and which severities go to which channel.

All else that is known of a kind lies in the two places it names.
"""

from typing import Annotated, NamedTuple

from pydantic import BeforeValidator, ValidationInfo

from core.schema.channel_kinds.base import ChannelEntry
from core.schema.kinds import class_named, read_by_kind
from core.schema.strict_model import Strict
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


class Route(Strict):
    """Which severities go to which channels."""

    severities: list[Severity]
    channels: list[str]
