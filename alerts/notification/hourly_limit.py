"""No more messages in an hour than a person can read; what is critical passes."""

import threading
from collections.abc import Callable

from alerts.notification.digest import LIMITED
from core.schema.site import Site
from core.time.clock import HOUR
from core.vocabulary.severity import Severity
from storage.records import Delivery, Records
from storage.records import deliveries as delivery_rows


class HourlyLimit:
    """Who has had how many messages, and which deliveries must wait; threads that send share one."""

    def __init__(self, site: Site, records: Records, who: str, now: Callable[[], int]) -> None:
        self._records = records
        self._who = who
        self._now = now
        self._most = {person.id: person.per_hour for person in site.file.people}
        self._alone = threading.Lock()
        self._waiting: dict[int, tuple[str, Severity]] = {}
        self._counts: dict[str, int] = {}
        self._leaving: dict[int, str] = {}  # by thread: to whom it sends a message now

    def look(self) -> None:
        """Read anew what waits and what has left: before each pass of a thread over the outbox."""
        if not self._most:
            return
        with self._alone, self._records.reading() as db:
            at = self._now()
            self._leaving.pop(threading.get_ident(), None)
            self._waiting = delivery_rows.waiting_for_people(db)
            self._counts = delivery_rows.messages_since(db, at - HOUR, at) if self._waiting else {}

    def holds(self, delivery_id: int) -> bool:
        """It must wait, which is noted with it; else it counts while this thread sends it."""
        with self._alone:
            person, severity = self._waiting.get(delivery_id, ("", "critical"))
            most = self._most.get(person)
            leaving = sum(other == person for other in self._others())
            is_over = most is not None and self._counts.get(person, 0) + leaving >= most
            if severity == "critical" or not is_over:
                self._leaving[threading.get_ident()] = person
                return False
        with self._records.reading() as db:
            is_noted = db.get_one(Delivery, delivery_id).error == LIMITED
        if not is_noted:
            with self._records.writing(self._who, self._now()) as db:
                db.get_one(Delivery, delivery_id).error = LIMITED
        return True

    def count(self) -> None:
        """The message that this thread was sending has left."""
        with self._alone:
            person = self._leaving.pop(threading.get_ident(), "")
            self._counts[person] = self._counts.get(person, 0) + 1

    def _others(self) -> list[str]:
        """To whom the other threads send now."""
        mine = threading.get_ident()
        return [person for thread, person in self._leaving.items() if thread != mine]
