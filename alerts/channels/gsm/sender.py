"""Sends a notification as text messages. The whole of it takes less time than a delivery is leased."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from alerts.channels.base import ChannelSender, Notification
from alerts.channels.gsm.dialogue import Dialogue, SilentError
from alerts.channels.gsm.modem import Modem
from alerts.channels.gsm.parts import message, room
from alerts.channels.gsm.refused_pins import RefusedPins
from alerts.channels.gsm.serial_port import check_supported, opened
from core.errors import ConfigError, DeliveryError, Mistake
from core.schema.channel_kinds.base import ChannelEntry
from core.schema.channel_kinds.gsm import GsmChannel
from core.schema.site import Site
from core.text.languages import is_rtl

TOTAL_S = 90.0  # the lease of a delivery is two minutes: storage/records/outbox.py
TURN_S = 30.0  # of it, to wait for another user of the modem
PINS = "gsm-refused-pins.json"  # in the storage folder


class GsmSender(ChannelSender):
    """One telephone number, by one modem. The modem is opened for each message, and looked at anew."""

    @classmethod
    def of(cls, channel: ChannelEntry, site: Site) -> Self:
        """The sender of a channel. ConfigError where there are no such ports, or the PIN is absent or no PIN."""
        assert isinstance(channel, GsmChannel)
        check_supported(channel.modem)
        pin = channel.pin.reveal() if channel.pin else None
        if pin is not None and not (pin.isascii() and pin.isdecimal() and 4 <= len(pin) <= 8):
            raise ConfigError([Mistake("channel", channel.id, "the PIN is not 4 to 8 digits")])
        sender = cls(channel, pin, site.file.storage.folder / PINS)
        sender.longest = room(channel.parts, is_ucs2=any(map(is_rtl, _languages(channel, site))))
        return sender

    def __init__(self, channel: GsmChannel, pin: str | None, pins: Path) -> None:
        self._channel, self._pin = channel, pin
        self.longest = room(channel.parts, is_ucs2=False)  # signs: who has more to say chooses
        self._refused = RefusedPins(pins, channel.modem)

    def check(self) -> str:
        """Model, SIM, network and signal in words."""
        with self._modem() as modem:
            name = modem.name()
            try:
                network = self._registered(modem)
            except DeliveryError as error:
                raise DeliveryError(f"{name}: {error}") from error
            return f"{name}: SIM ready, {network}, signal {modem.signal()}"

    def send(self, notification: Notification) -> None:
        """Return when the network has taken it, cut to the parts that the channel allows."""
        text = message(notification, self._channel.parts)
        with self._modem() as modem:
            self._registered(modem)
            modem.send(self._channel.number, text)

    def _registered(self, modem: Modem) -> str:
        """In which network the modem is; DeliveryError with the signal, which a person can mend."""
        try:
            modem.unlock(self._pin, self._refused)
            return modem.registration()
        except SilentError:
            raise
        except DeliveryError as error:
            raise DeliveryError(f"{error}; signal {modem.signal()}") from error

    @contextmanager
    def _modem(self) -> Iterator[Modem]:
        began = time.monotonic()
        with opened(self._channel.modem, self._channel.baud, began + TURN_S) as port:
            modem = Modem(Dialogue(port, began + TOTAL_S))
            modem.prepare()
            yield modem


def _languages(channel: GsmChannel, site: Site) -> set[str]:
    """In which languages messages may leave by it: the site's, and those of whose channel it is."""
    owners = (person for person in site.file.people if channel.id in person.channels)
    return {site.file.language, *(person.language or site.file.language for person in owners)}
