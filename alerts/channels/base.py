"""What a channel is given and what it must do."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, Self, runtime_checkable

from core.schema.channel_kinds.base import ChannelEntry
from core.vocabulary.severity import Severity

if TYPE_CHECKING:
    from core.schema.site import Site


@dataclass(frozen=True, slots=True)
class Notification:
    """What one channel sends once. The same `delivery` may arrive twice: delivery is at least once."""

    delivery: int
    severity: Severity
    resolved: bool
    title: str
    body: str
    files: tuple[Path, ...] = ()  # to go with it, where the channel carries files
    incident: int | None = None  # that can be acknowledged, where the channel carries answers
    button: str = ""  # what the button is called that does it


class Sender(Protocol):
    """A channel ready to send."""

    def send(self, notification: Notification) -> None:
        """Return when it has left; DeliveryError says whether to try again."""


@runtime_checkable
class BoundedSender(Sender, Protocol):
    """A channel that takes no text longer than so many characters."""

    longest: int


LONGEST_TEXT = 30_000  # where a channel names no bound: what every mail server takes in one piece


def longest_text(sender: Sender) -> int:
    """How many characters of a title and body together the channel takes."""
    return sender.longest if isinstance(sender, BoundedSender) else LONGEST_TEXT


class ChannelSender(Sender, ABC):
    """The sender of one kind of channel; the kinds are named in core/schema/channels.py."""

    @classmethod
    @abstractmethod
    def of(cls, channel: ChannelEntry, site: "Site") -> Self:
        """The sender of one channel of the site file. ConfigError if a secret is absent."""

    @abstractmethod
    def check(self) -> str:
        """How the way to the people stands, in a line. Sends nothing; DeliveryError if there is none."""
