"""Takes who has pressed the button below a message in Telegram, and acknowledges in their name."""

import logging
from collections.abc import Callable

from alerts.channels.telegram import WAIT_S, ButtonPress, TelegramBot
from alerts.notification.acknowledgement import acknowledge_incident
from alerts.notification.language import WORDS, reader_language
from core.errors import DeliveryError, RefusedError
from core.retry import Backoff, FailureStreak
from core.schema.channel_kinds.telegram import TelegramChannel
from core.schema.site import Site
from core.text.catalogue import Catalogue
from core.text.plain import control_in
from core.time.clock import MINUTE, SECOND
from core.vocabulary.rights import Right
from storage.records import Records
from storage.records.transaction import transaction

log = logging.getLogger(__name__)

MAY: frozenset[Right] = frozenset({"acknowledge an alert"})
WHO = "Telegram"  # in the records, where Telegram knows no name
LONGEST_NAME = 80  # characters
_PAUSE = Backoff(5 * SECOND, 5 * MINUTE)


class TelegramAnswers:
    """The answers of one chat.

    Telegram keeps an answer until a later one is asked for, so what was not written when this was
    killed is given again; to acknowledge twice changes nothing.
    """

    def __init__(
        self, site: Site, records: Records, channel: TelegramChannel, now: Callable[[], int]
    ) -> None:
        self._site = site
        self._records = records
        self._bot = TelegramBot(channel)
        self._now = now
        self._name = channel.id
        self._words = Catalogue(WORDS, reader_language(site, channel.id))
        self._last: int | None = None  # the update that is done with
        self._failures = FailureStreak()
        self._not_before = 0

    def take_answers(self, wait_s: int = WAIT_S) -> None:
        """Wait for answers and take them. While Telegram is away it is asked less and less often."""
        at = self._now()
        if at < self._not_before <= at + _PAUSE.longest:
            return
        try:
            for press in self._bot.presses(self._last, wait_s):
                self._answer(press)
                self._last = press.update
        except DeliveryError as error:
            if self._failures.failed():
                log.warning("channel %s: no answers: %s", self._name, error)
            self._not_before = self._now() + int(_PAUSE.pause(self._failures.failures))
        else:
            self._failures.recovered()

    def _answer(self, press: ButtonPress) -> None:
        text = self._acknowledge(press)
        try:
            self._bot.answer(press, text)
        except DeliveryError as error:  # it is written; a press is answered within minutes or never
            log.info("channel %s: %s", self._name, error)

    def _acknowledge(self, press: ButtonPress) -> str:
        """What to show to who has pressed."""
        if press.incident is None:
            return self._words.text("telegram.not_ours")
        name = "".join(sign for sign in press.who if not control_in(sign)).strip()[:LONGEST_NAME]
        try:
            with transaction(self._records, self._site, name or WHO, self._now(), MAY) as tx:
                acknowledge_incident(tx, press.incident)
        except RefusedError as error:
            return self._words.translate(error.phrase)
        return self._words.text("telegram.acknowledged")
