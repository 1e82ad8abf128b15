"""Replays the stored history through the engine, day by day, in records that are in memory only.

The history is judged as if each reading had come at its own time. Nothing is written to the site.
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import dropwhile

from alerts.backtest.entered import Closings, copy_entered
from alerts.backtest.history_days import HistoryDay, history_days, last_services
from alerts.backtest.message_log import MessageLog
from alerts.backtest.replayed_series import ReplayedSeries
from alerts.backtest.result import (
    BacktestResult,
    FiredAlert,
    FiredBy,
    GivenMessage,
    beside_one_another,
    summarised,
)
from alerts.backtest.selection import BacktestSelection, judged_site
from alerts.evaluation.replay import Replay, ReplayClock, ReplayPage
from core.schema.site import Site
from core.time.clock import MINUTE
from storage.records import Records
from storage.records import alerts as alert_rows
from storage.records.in_memory import records_in_memory
from storage.series import SeriesReader
from storage.series.series_window import Level

# Between two looks for silence, ms of the history; less where a rule waits for a shorter silence.
LONGEST_STEP = 5 * MINUTE

EVERYTHING = BacktestSelection()
Progress = Callable[[int], None]  # given the moment that is reached, UTC ms


def backtest(
    site: Site,
    series: SeriesReader,
    records: Records,
    start: int,
    end: int,
    selection: BacktestSelection = EVERYTHING,
    progress: Progress = lambda _at: None,
) -> BacktestResult:
    """What the rules of `site` would have done over [start, end), UTC ms, beside what is in `records`.

    `site` may be an edited one: its rules are the candidates. Of `records` and `series`, which are
    the history, it only reads. It begins with the first day that has any, and calls `progress` after
    each.
    """
    clock, coarse = ReplayClock(start), CoarseSpan()
    judged = judged_site(site, selection)
    step = step_of(judged)
    with closing(records_in_memory(clock)) as own:
        replayed = ReplayedSeries(series, clock)
        copy_entered(records, own, end)
        closings = Closings(judged, records, own, start, end)
        replay, log = Replay(judged, replayed, own, clock), MessageLog(judged, own)
        days = dropwhile(_is_empty, history_days(judged, series, records, start, end))
        start = end  # until there is a day
        for day in days:
            if start == end:
                start = day.start
                replay.judge(ReplayPage(start, [], [], last_services(judged, records, start)))
            coarse.add(day)
            for page in day.pages(step):
                replay.judge(page)
                closings.apply(page.at)
                log.look(page.at)
            progress(day.end)
        candidate = _fired(own, "candidate", start, end, selection)
        present = _fired(records, "present", start, end, selection)
        return _compared(start, end, candidate, present, log.messages(), coarse)


@dataclass
class CoarseSpan:
    """Up to when no raw readings are left."""

    until: int | None = None
    level: Level = "raw"

    def add(self, day: HistoryDay) -> None:
        """The next day."""
        if day.level != "raw":
            self.until = day.end
            self.level = "hours" if "hours" in (day.level, self.level) else "minutes"


def step_of(site: Site) -> int:
    """How often the engine looks for silence, ms: twice at least in the shortest that a rule waits for."""
    silences = [
        rule.allowed_silence
        for device in site.devices.values()
        for rule in device.profile.rules
        if rule.allowed_silence is not None
    ]
    shortest = min([LONGEST_STEP, *(silence // 2 for silence in silences)])
    return max(MINUTE, shortest // MINUTE * MINUTE)


def _compared(
    start: int,
    end: int,
    candidate: Sequence[FiredAlert],
    present: Sequence[FiredAlert],
    messages: tuple[GivenMessage, ...],
    coarse: CoarseSpan,
) -> BacktestResult:
    return BacktestResult(
        start=start,
        end=end,
        alerts=tuple(beside_one_another(candidate, present, end)),
        summaries=tuple(summarised(candidate, present, start, end)),
        incidents=_incidents(candidate),
        incidents_before=_incidents(present),
        messages=messages,
        coarse_until=coarse.until,
        coarsest=coarse.level,
    )


def _is_empty(day: HistoryDay) -> bool:
    return not (day.readings or day.events or day.rows)


def _fired(
    records: Records, fired_by: FiredBy, start: int, end: int, selection: BacktestSelection
) -> list[FiredAlert]:
    with records.reading() as db:
        rows = alert_rows.firing_between(db, start, end)
    return [
        FiredAlert(
            row.device, row.component, row.rule, row.title, row.severity, row.fired_at,
            None if row.ended_at is None or row.ended_at >= end else row.ended_at,
            row.value, row.incident_id, fired_by,
        )
        for row in rows
        if row.fired_at is not None and selection.has(row.device, row.rule)
    ]  # fmt: skip


def _incidents(alerts: Iterable[FiredAlert]) -> int:
    return len({alert.incident for alert in alerts if alert.incident is not None})
