"""The heartbeat to an outside receiver, which alarms when it stays away.

It is sent only while alerts are really judged and sent: a process that runs and does nothing must be
missed. In a thread of its own, because a receiver that hangs is nobody else's trouble.
"""

import logging
import threading
import urllib.error
import urllib.request
from collections.abc import Callable
from http.client import HTTPException

from app.services.liveness import Liveness
from core.errors import ConfigError, DeliveryError, Mistake, StoreError
from core.readings import UP
from core.retry import FailureStreak
from core.schema.alive import Heartbeat
from core.schema.site import Site
from core.text import times
from core.time.clock import AHEAD, MINUTE, SECOND
from storage.records import Records
from storage.records import cursors as cursor_rows

log = logging.getLogger(__name__)

OLD = 10 * MINUTE  # with every device dead, some source still notes so every five minutes


class HeartbeatSender:
    """Sends one heartbeat after the other, as long as all is well with `hindrance`."""

    def __init__(self, settings: Heartbeat, hindrance: Callable[[], str]) -> None:
        self._settings, self._hindrance = settings, hindrance
        self._url = settings.url.reveal()
        if not self._url.startswith(("http://", "https://")):
            text = "the heartbeat's url must begin with https:// or http://"
            raise ConfigError([Mistake("heartbeat", "url", text)])
        self._withheld, self._failed = FailureStreak(), FailureStreak()

    def start(self, stop: threading.Event) -> None:
        """Send until `stop` is set, in a thread that does not hold the process up."""
        threading.Thread(target=self._run, args=(stop,), daemon=True).start()

    def beat(self) -> None:
        """Send one, or log once why not."""
        if reason := self._hindrance():
            if self._withheld.failed(reason):
                log.warning("no heartbeat is sent: %s", reason)
            return
        if self._withheld.recovered():
            log.info("heartbeats are sent again")
        try:
            send(self._url, self._settings.method, self._settings.timeout / SECOND)
        except DeliveryError as error:
            if self._failed.failed():
                log.warning("the heartbeat does not arrive: %s", error)
        else:
            if self._failed.recovered():
                log.info("the heartbeat arrives again")

    def _run(self, stop: threading.Event) -> None:
        while not stop.wait(self._settings.every / SECOND):
            try:
                self.beat()
            except Exception:
                log.exception("the heartbeat failed; it is tried again")


def send(url: str, method: str, timeout_s: float) -> None:
    """One request. DeliveryError without the URL, which is a secret, unless it is answered with 2xx."""
    try:
        request = urllib.request.Request(  # noqa: S310  HeartbeatSender has looked at its scheme
            url,
            data=b"" if method == "post" else None,
            headers={"User-Agent": "scanward"},
            method=method.upper(),
        )
        urllib.request.urlopen(request, timeout=timeout_s).close()  # noqa: S310
    except urllib.error.HTTPError as error:
        error.close()
        raise DeliveryError(f"the receiver answered {error.code}") from None
    except urllib.error.URLError as error:
        raise DeliveryError(f"the receiver cannot be reached: {error.reason}") from None
    except OSError as error:
        raise DeliveryError(f"the receiver does not answer: {error}") from None
    except (HTTPException, ValueError) as error:
        raise DeliveryError(f"the receiver is not understood: {type(error).__name__}") from None


def hindrance(site: Site, records: Records, liveness: Liveness, now: Callable[[], int]) -> str:
    """Why no heartbeat may be sent; empty if readings come and are judged, and deliveries are looked at."""
    if parts := liveness.standing_still():
        return f"{' and '.join(parts)} stood still"
    if not site.source_entries:
        return ""
    try:
        with records.reading() as db:
            newest = cursor_rows.newest_judged(db, UP)
    except StoreError as error:
        return str(error)
    if newest is None:
        return "no reading has been judged yet"
    age = now() - newest
    if age < -AHEAD:
        return "the newest reading is of a time that has not come yet"
    if age > max(2 * site.due_within, OLD):
        return f"the newest reading that was judged is {times.duration(age)} old"
    return ""
