"""No more messages in an hour than a person can read; what is critical passes."""

from collections.abc import Callable

from alerts.notification.digest import LIMITED
from core.schema.site import Site
from core.time.clock import HOUR
from storage.records import Delivery, Records
from storage.records import deliveries as delivery_rows


class HourlyLimit:
    """One pass over the outbox: who has had how many, and which deliveries must wait."""

    def __init__(self, site: Site, records: Records, who: str, now: Callable[[], int]) -> None:
        self._records = records
        self._who = who
        self._now = now
        self._most = {person.id: person.per_hour for person in site.file.people}
        with records.reading() as db:
            self._waiting = delivery_rows.waiting_for_people(db) if self._most else {}
            at = now()
            self._counts = delivery_rows.messages_since(db, at - HOUR, at) if self._waiting else {}

    def holds(self, delivery_id: int) -> bool:
        """It must wait, which is noted with it."""
        person, severity = self._waiting.get(delivery_id, ("", "critical"))
        most = self._most.get(person)
        if most is None or severity == "critical" or self._counts.get(person, 0) < most:
            return False
        with self._records.reading() as db:
            is_noted = db.get_one(Delivery, delivery_id).error == LIMITED
        if not is_noted:
            with self._records.writing(self._who, self._now()) as db:
                db.get_one(Delivery, delivery_id).error = LIMITED
        return True

    def count(self, delivery_id: int) -> None:
        """A message has left with that delivery."""
        person, _ = self._waiting.get(delivery_id, ("", ""))
        self._counts[person] = self._counts.get(person, 0) + 1
