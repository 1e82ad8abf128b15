"""Who is alerted: channels, and which severities go to which."""

from typing import Annotated, Literal

from pydantic import Discriminator, Tag

from core.schema.secret import NamedSecret
from core.schema.strict_model import Strict
from core.vocabulary.severity import Severity


class LogChannel(Strict):
    """Writes alerts to Scanward's own log."""

    kind: Literal["log"]
    id: str


class AppriseChannel(Strict):
    """Sends alerts by any service that apprise knows: e-mail, SMS gateways, Telegram, webhooks."""

    kind: Literal["apprise"]
    id: str
    url: NamedSecret


def _channel_kind(channel: object) -> str:
    kind = channel.get("kind") if isinstance(channel, dict) else getattr(channel, "kind", None)
    return str(kind)


Channel = Annotated[
    Annotated[LogChannel, Tag("log")] | Annotated[AppriseChannel, Tag("apprise")],
    Discriminator(_channel_kind),
]


class Route(Strict):
    """Which severities go to which channels."""

    severities: list[Severity]
    channels: list[str]
