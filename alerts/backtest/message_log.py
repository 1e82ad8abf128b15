"""The messages that people would have got in a backtest, each acknowledged after a while."""

from alerts.backtest.result import GivenMessage
from alerts.notification.notices import NoticeGiver
from core.schema.site import Site
from core.time.clock import MINUTE
from storage.records import Records
from storage.records import incidents as incident_rows
from storage.records.deliveries import channels_of

# People are taken to acknowledge a message after so long; who never does gets reminders besides.
ACKNOWLEDGED_AFTER = 30 * MINUTE


class MessageLog:
    """Gives the notices of a replay as it goes on, in the replay's own records."""

    def __init__(self, site: Site, records: Records) -> None:
        self._records = records
        self._notices = NoticeGiver(site, records)
        self._is_unread = False  # there is a message that nobody has acknowledged

    def look(self, at: int) -> None:
        """Give what is due at that moment (UTC ms), and acknowledge what was given a while ago."""
        self._is_unread |= self._notices.give_notices(at) > 0
        if self._is_unread:
            self._is_unread = self._acknowledge(at)

    def messages(self) -> tuple[GivenMessage, ...]:
        """All that were given, in the order of time."""
        with self._records.reading() as db:
            given = incident_rows.all_notices(db)
            members = incident_rows.alerts_of(db, {incident.id for _, incident in given})
            channels = channels_of(db, [notice.id for notice, _ in given])
        messages = []
        for notice, incident in given:
            alerts = members.get(incident.id, [])
            cause = next((alert for alert in alerts if alert.id == incident.cause_id), None)
            if cause is not None:
                about = (
                    cause.device,
                    cause.title,
                    len(alerts) - 1,
                    tuple(channels.get(notice.id, ())),
                )
                messages.append(GivenMessage(notice.at, notice.kind, notice.severity, *about))
        return tuple(messages)

    def _acknowledge(self, now: int) -> bool:
        """Is anything left that nobody has acknowledged?"""
        is_any_left = False
        with self._records.writing() as db:
            members = incident_rows.alerts_of_open(db)
            given = incident_rows.notices_of(db, members)
            for number, notices in given.items():
                newest_at = notices[-1].at
                for alert in members[number]:
                    if alert.acknowledged_at is not None and alert.acknowledged_at >= newest_at:
                        continue
                    if now - newest_at >= ACKNOWLEDGED_AFTER:
                        alert.acknowledged_at, alert.acknowledged_by = now, "backtest"
                    else:
                        is_any_left = True
        return is_any_left
