"""What comes to be on a timeline, and when: the readings, events, verdicts and services of a test."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import pairwise

from alerts.evaluation.replay import ReplayedRow, ReplayPage
from alerts.timelines.given import series_of
from alerts.timelines.timeline_file import Timeline
from core.readings import UP, Event, Reading
from core.schema.profile import Profile
from core.time.clock import HOUR, MINUTE
from storage.records import ServiceEvent, Verdict

DEVICE = "device"  # that is tested
BESIDE = "beside"  # another that always answers, so that time passes at the site
SOURCE = "snmp"  # the component of `up`
T0 = 1_767_600_000_000  # when a timeline begins, UTC ms: Monday 2026-01-05 08:00
LOOKS = 24  # so often at least is looked for silence, but not more often than each minute
ANSWERS = 200  # of each device on a timeline; at least one an hour, at most one a minute


def moments(test: Timeline) -> list[int]:
    """When the engine looks, ms after the beginning: whenever something is expected.

    While there is silence it looks in between, too, for only a look finds it.
    """
    expected = {at for states in test.expect.values() for times in states for at in times}
    step = max(MINUTE, test.end // LOOKS // MINUTE * MINUTE)
    has_silence = test.silent or test.does_not_answer
    return sorted(expected.union(range(0, test.end, step) if has_silence else ()))


class Script:
    """All of a timeline, to be asked for by moments of it. Times are UTC ms."""

    def __init__(self, test: Timeline, profile: Profile) -> None:
        self._test = test
        step = max(MINUTE, min(HOUR, test.end // ANSWERS))
        answers = sorted({*moments(test), *range(0, test.end, step)})
        readings = [row for row in self._readings(profile, answers) if self._is_read(row)]
        readings += [Reading(BESIDE, UP, 1, T0 + at, SOURCE) for at in answers]
        self._readings_by_time = sorted(readings, key=lambda row: (row.at, row.metric != UP))
        self._events = sorted(self._given_events(), key=lambda row: row.at)
        self._verdicts = sorted(self._given_verdicts(), key=lambda row: row.at)

    def pages(self) -> Iterator[ReplayPage]:
        """A page for each moment at which the engine looks."""
        serviced = [at for times in self._test.serviced for at in times]
        services = [ServiceEvent(DEVICE, T0 + at, "a person") for at in serviced]
        for before, now in pairwise([-1, *moments(self._test)]):
            span = range(T0 + before + 1, T0 + now + 1)
            rows: list[ReplayedRow] = [row for row in services if row.at in span]
            rows += [row for row in self._verdicts if row.at in span]
            events = [row for row in self._events if row.at in span]
            yield ReplayPage(T0 + now, self._between(span), events, rows)

    def _between(self, span: range) -> list[Reading]:
        times = [row.at for row in self._readings_by_time]
        return self._readings_by_time[
            bisect_right(times, span.start - 1) : bisect_right(times, span.stop - 1)
        ]

    def _readings(self, profile: Profile, answers: Iterable[int]) -> Iterator[Reading]:
        component = self._test.component
        for metric, given in self._test.given.items():
            part = component or (SOURCE if metric == UP else "")
            for at, value in series_of(given, profile.metrics[metric]).items():
                yield Reading(DEVICE, metric, value, T0 + at, part)
        if UP in self._test.given and component in ("", SOURCE):
            return
        for at in answers:
            is_up = not _is_within(at, self._test.does_not_answer)
            yield Reading(DEVICE, UP, is_up, T0 + at, SOURCE)

    def _is_read(self, reading: Reading) -> bool:
        at = reading.at - T0
        if _is_within(at, self._test.silent):
            return False
        return reading.metric == UP or not _is_within(at, self._test.does_not_answer)

    def _given_events(self) -> Iterator[Event]:
        for kind, given in self._test.events.items():
            for times, event in given.items():
                for at in times:
                    yield Event(
                        DEVICE, kind, event.text, T0 + at, event.severity,
                        self._test.component, event.code,
                    )  # fmt: skip

    def _given_verdicts(self) -> Iterator[Verdict]:
        for detector, given in self._test.verdicts.items():
            for times, said in given.items():
                for at in times:
                    alarm = said.kind == "anomaly" if said.alarm is None else said.alarm
                    row = Verdict(
                        DEVICE,
                        self._test.component,
                        detector,
                        T0 + at,
                        said.kind,
                        float(alarm),
                        alarm,
                    )
                    row.value, row.limit = said.value, said.limit
                    if said.reached_in is not None:
                        row.limit_at = T0 + at + said.reached_in
                    yield row


def _is_within(at: int, spans: Iterable[tuple[int, int]]) -> bool:
    return any(start <= at < end for start, end in spans)
