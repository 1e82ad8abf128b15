"""The stored history of what a site's rules watch, a day at a time."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from alerts.evaluation.replay import ReplayedRow, ReplayPage
from core.readings import Event, Reading
from core.schema.site import Site
from core.time.clock import DAY
from storage.records import Records, ServiceEvent, Verdict
from storage.records import feedback as feedback_rows
from storage.records import verdicts as verdict_rows
from storage.series import SeriesReader
from storage.series.series_window import Level

MOST_EVENTS = 100_000  # of a device and day


@dataclass(frozen=True, slots=True)
class HistoryDay:
    """What came in [start, end), UTC ms, each in the order of time."""

    start: int
    end: int
    readings: Sequence[Reading]
    events: Sequence[Event]
    rows: Sequence[ReplayedRow]
    level: Level  # of the readings, the coarsest

    def pages(self, step: int) -> Iterator[ReplayPage]:
        """A page for each `step` ms, with what came in it."""
        times = [[row.at for row in rows] for rows in (self.readings, self.events, self.rows)]
        before = [0, 0, 0]
        for at in range(self.start + step, self.end + step, step):
            now = min(at, self.end) - 1
            after = [bisect_right(column, now) for column in times]
            readings, events, rows = (slice(*ends) for ends in zip(before, after, strict=True))
            yield ReplayPage(
                now, list(self.readings[readings]), list(self.events[events]), self.rows[rows]
            )
            before = after


def history_days(
    site: Site, series: SeriesReader, records: Records, start: int, end: int
) -> Iterator[HistoryDay]:
    """The days of [start, end), the first and the last perhaps in part."""
    watched = {
        (device.id, metric)
        for device in site.devices.values()
        for rule in device.profile.rules
        for metric in rule.input_metrics
    }
    with_events = [
        device.id
        for device in site.devices.values()
        if any(rule.counts_events for rule in device.profile.rules)
    ]
    for at in range(start // DAY * DAY, end, DAY):
        first, last = max(at, start), min(at + DAY, end)
        names = [name for name in series.names() if name[:2] in watched]
        values = series.values(names, first, last)
        events = [
            event
            for device in with_events
            for event in reversed(series.events(device, first, last, MOST_EVENTS))
        ]
        rows = sorted(_rows(site, records, first, last), key=lambda row: row.at)
        events.sort(key=lambda event: event.at)
        yield HistoryDay(first, last, values.readings, events, rows, values.level)


def last_services(site: Site, records: Records, start: int) -> list[ServiceEvent]:
    """The last service of each device before `start`, UTC ms."""
    with records.reading() as db:
        rows = [
            row
            for device in site.devices
            for row in feedback_rows.service_events_before(db, device, start, 1)
        ]
    return [ServiceEvent(row.device, row.at, row.who, row.text) for row in rows]


def _rows(site: Site, records: Records, start: int, end: int) -> list[ReplayedRow]:
    """Copies of the verdicts and services of that time."""
    with records.reading() as db:
        verdicts = verdict_rows.verdicts_between(db, list(site.devices), start, end)
        services = feedback_rows.service_events_between(db, start, end)
    copies: list[ReplayedRow] = [_copied(row) for row in verdicts]
    return copies + [ServiceEvent(row.device, row.at, row.who, row.text) for row in services]


def _copied(row: Verdict) -> Verdict:
    copy = Verdict(row.device, row.component, row.detector, row.at, row.kind, row.score, row.alarm)
    copy.carried_by, copy.reason, copy.since = row.carried_by, row.reason, row.since
    copy.value, copy.expected, copy.low, copy.high = row.value, row.expected, row.low, row.high
    copy.limit, copy.limit_at = row.limit, row.limit_at
    copy.limit_at_low, copy.limit_at_high = row.limit_at_low, row.limit_at_high
    return copy
