"""Who is alerted: channels, and which alerts go to which of them and to whom."""

from typing import Annotated, Literal

from pydantic import Discriminator, Field, StringConstraints, Tag

from core.schema.covered_hours import CoveredHours
from core.schema.names import DeviceId
from core.schema.network import ServerUrl
from core.schema.secret import NamedSecret
from core.schema.strict_model import Strict
from core.time.clock import DAY, SECOND
from core.time.duration import Duration
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


class TelegramChannel(Strict):
    """Sends alerts to a Telegram chat, with a button to acknowledge; asks for answers, opens no port."""

    kind: Literal["telegram"]
    id: str
    token: NamedSecret  # of the bot
    chat: Annotated[str, StringConstraints(pattern=r"^-?\d+$")]  # its number; the bot must be in it
    server: ServerUrl = "https://api.telegram.org"


def _channel_kind(channel: object) -> str:
    kind = channel.get("kind") if isinstance(channel, dict) else getattr(channel, "kind", None)
    return str(kind)


Channel = Annotated[
    Annotated[LogChannel, Tag("log")]
    | Annotated[AppriseChannel, Tag("apprise")]
    | Annotated[TelegramChannel, Tag("telegram")],
    Discriminator(_channel_kind),
]


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
    acknowledged_for: Duration = DAY  # then who acknowledged is reminded that it still fires
