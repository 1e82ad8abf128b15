"""The mail loop: messages of tickets go out, replies come in.

A process of its own: a mail server that hangs delays nothing else. Killed at any moment it loses
nothing: what goes out is leased, how far replies were read is kept with the replies.
"""

import logging
import threading
from collections.abc import Callable
from functools import partial

from app.clock import now
from app.services.loop import DueTime, Loop
from core.errors import SourceError, StoreError
from core.retry import Backoff, FailureStreak
from core.schema.mail import Mail
from core.schema.site import Site
from core.time.clock import MINUTE, SECOND
from maintenance.tickets.mail import fetch_replies, send_due
from maintenance.tickets.mail.imap import opened
from maintenance.tickets.mail.smtp import smtp_sender
from storage.backup.retention import newest
from storage.files.process_sign import ProcessSign
from storage.records import Records

log = logging.getLogger(__name__)

LOOK_EVERY = 5 * SECOND  # for a message that somebody has just written
LONGEST_PAUSE = 15 * MINUTE


def mail(site: Site, settings: Mail, stop: threading.Event, *, once: bool = False) -> None:
    """Send and receive until `stop` is set; with `once`, what is there now."""
    records = Records(site.records_url, now=now, newest_backup=partial(newest, site))
    records.upgrade()
    send = smtp_sender(settings)
    replies = Replies(site, settings, records) if settings.imap else None

    def step() -> None:
        send_due(site, settings, records, send, now)
        if replies is not None:
            replies.look(now())

    every_s = LOOK_EVERY / SECOND
    loop = Loop(log, every_s, longest_s=every_s)
    if not once:
        log.info("mail of tickets goes out by %s", settings.smtp.host)
    with ProcessSign(site.processes_path, "mail", now) as sign:
        loop.run(sign.noting(step), stop, once=once)
    records.close()


class Replies:
    """Looks into the mailbox as often as the site file says, less often while it cannot."""

    def __init__(
        self,
        site: Site,
        settings: Mail,
        records: Records,
        read: Callable[..., int] = fetch_replies,
    ) -> None:
        assert settings.imap is not None
        self._site, self._records, self._read = site, records, read
        self._settings, self._server = settings, settings.imap
        self._backoff = Backoff(2 * settings.imap.every, LONGEST_PAUSE)
        self._failures = FailureStreak()
        self._due = DueTime()

    def look(self, at: int) -> None:
        """Read what has come, if it is time; `at` is UTC milliseconds."""
        if self._due.is_due(at):
            self._due.postpone(at, self._pause_after_reading())

    def _pause_after_reading(self) -> int:
        try:
            self._read(self._site, self._settings, self._server, self._records, opened, now)
        except SourceError as error:
            if self._failures.failed(str(error)):
                log.warning("replies to tickets cannot be read: %s", error)
            return int(self._backoff.pause(self._failures.failures))
        except StoreError:
            raise  # the loop waits for the store
        except Exception as error:
            # What goes out does not wait for what a server answers that nobody foresaw.
            if self._failures.failed(repr(error)):
                log.exception("replies to tickets cannot be read")
            return int(self._backoff.pause(self._failures.failures))
        if self._failures.recovered():
            log.info("replies to tickets can be read again")
        return self._server.every
