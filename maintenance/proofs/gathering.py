"""Looks up what the judge of a proof needs: readings, events, sources, alerts, verdicts, what was typed."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from core.readings import BAD_ANSWER, DEVICE_CLOCK, UP, Event, Reading
from core.schema.proof import CounterProof, EventProof, HeldProof, NoEventProof, ResultProof
from core.schema.rules.chart import ChartRule
from core.schema.site import Site
from core.schema.sources.base import SourceEntry
from maintenance.proofs.case import Case
from maintenance.proofs.listening import POINTS_PER_GAP, UP_GAP, listened_sources
from maintenance.proofs.observed import (
    Observation,
    ObservedSeries,
    ProofWindow,
    SeenAlert,
    SeenVerdict,
)
from maintenance.rounds.accepted import accepted
from storage.known_readings import SeriesName, first_values, known_points
from storage.records import Alert, LastReading
from storage.records import alerts as alert_rows
from storage.records import manual_readings as manual_rows
from storage.records import verdicts as verdict_rows
from storage.series import Curve, Point, SeriesReader

MOST_POINTS = 4000  # of a curve: a window of a month in steps of ten minutes
MOST_EVENTS = 5000  # of a window; more are a flood, and none of its proofs holds


def observe(db: Session, site: Site, case: Case, window: ProofWindow) -> Observation:
    """Everything about the line over the window."""
    series = SeriesReader(site.series_path)
    events = series.events(case.device.id, window.start, window.now + 1, MOST_EVENTS)[::-1]
    proof = case.proof
    if isinstance(proof, EventProof | NoEventProof):
        kinds = {kind for _, kind in proof.named_events()}
        of_kinds = tuple(event for event in events if event.kind in kinds)
        sources = listened_sources(series, case, window, events, kinds)
        return Observation(events=of_kinds, sources=tuple(sources))
    return Observation(series=tuple(_Gathering(db, site, case, window, series, events).all()))


class _Gathering:
    """One line's series, each with what speaks for and against it."""

    def __init__(
        self,
        db: Session,
        site: Site,
        case: Case,
        window: ProofWindow,
        series: SeriesReader,
        events: Sequence[Event],
    ) -> None:
        self._db, self._site, self._case = db, site, case
        self._window, self._series, self._events = window, series, events
        device = case.device.id
        self._latest = series.latest(device, case.now)
        self._alerts = alert_rows.alerts_between(db, [device], window.start, window.now + 1)
        self._verdicts = verdict_rows.newest_verdicts(db, device)

    def all(self) -> Iterator[ObservedSeries]:
        """Each metric that the proof names, on each component that it is meant for."""
        proof, item = self._case.proof, self._case.item
        metrics = [metric for _, metric in proof.named_metrics()] or [item.metric]
        for metric in metrics:
            if metric in self._case.device.profile.metrics:
                parts = [self._observed(metric, component) for component in self._parts(metric)]
                if isinstance(proof, ResultProof):  # another coil, measured last month, is no news
                    parts = [part for part in parts if part.points] or parts[:1]
                yield from parts

    def _parts(self, metric: str) -> Sequence[str]:
        """The components. One that was silent for longer than the window is gone; a fault is not."""
        proof, item = self._case.proof, self._case.item
        chosen = item.component or getattr(proof, "component", "")
        if chosen or isinstance(proof, CounterProof):
            return [chosen]
        since = self._window.start - proof.window
        known = [r.component for r in self._latest if r.metric == metric and r.at >= since]
        return known if known and isinstance(proof, HeldProof) else sorted({*known, ""})

    def _observed(self, metric: str, component: str) -> ObservedSeries:
        case, window, device = self._case, self._window, self._case.device
        name = (device.id, metric, component)
        known = device.profile.metrics[metric]
        watched = {metric, *case.proof.beside}
        rules = accepted(self._db, self._site, device, metric, component, case.now)
        curve = self._curve(name)
        suppliers = [
            entry for entry in device.sources if metric in entry.metrics_supplied(device.profile)
        ]
        entered = manual_rows.last_versions(self._db, *name, window.start, case.now + 1)
        refused = [row for row in self._events if _refuses(row, metric, component)]
        observed = ObservedSeries(
            metric=metric,
            title=known.title,
            component=component,
            unit=known.unit,
            is_gauge=known.kind == "gauge",
            points=tuple(curve.points),
            width=curve.width,
            low=rules.low,
            high=rules.high,
            needs_baseline=0
            if rules.unset is None
            else max(rules.unset.baseline_of - rules.known, 1),
            line_unit=case.item.unit if case.item.metric == metric else None,
            sources=tuple(entry.kind for entry in suppliers),
            lost_source=self._lost(
                device.sources if isinstance(case.proof, ResultProof) else suppliers
            ),
            refused_answers=len(refused),
            has_clock_doubt=self._has_clock_doubt(name),
            corrected_by=next((row.who for row in entered if row.corrects_id is not None), ""),
            entered_by=frozenset(row.who for row in entered),
            is_judged=self._is_judged(name, curve.points),
            alert=self._alert(watched, component),
            verdicts=tuple(self._verdicts_on(watched, component)),
            has_chart=self._has_chart(name),
        )
        return _of_newest(observed, entered) if isinstance(case.proof, ResultProof) else observed

    def _curve(self, name: SeriesName) -> Curve:
        """Of results and counters each reading, with what was entered and is not stored yet."""
        window, proof = self._window, self._case.proof
        if isinstance(proof, HeldProof):
            count = min(POINTS_PER_GAP * proof.window // proof.every, MOST_POINTS)
            return self._series.range(*name, window.start, window.end + 1, max(count, 1))
        points = known_points(self._db, self._series, name, window.start, window.end + 1)
        return Curve(points, "raw", 0)

    def _lost(self, suppliers: Sequence[SourceEntry]) -> str:
        """A source of the metric that does not answer now, if none of them does.

        For a result: of the device, which may have died since it was measured.
        """
        newest = {r.component: r for r in self._latest if r.metric == UP}
        lost = [
            entry.up_component
            for entry in suppliers
            if not _answers(newest.get(entry.up_component), entry, self._case.now)
        ]
        return lost[0] if lost and len(lost) == len(suppliers) else ""

    def _has_clock_doubt(self, name: SeriesName) -> bool:
        """A device's clock is wrong now, or its newest reading is stamped by its arrival."""
        newest = next((r for r in self._latest if (r.metric, r.component) == name[1:]), None)
        if newest is not None and newest.quality == "clock":
            return True
        clocks = {event.component: event for event in self._events if event.kind == DEVICE_CLOCK}
        return any(event.code for event in clocks.values())

    def _is_judged(self, name: SeriesName, points: Sequence[Point]) -> bool:
        """The engine has seen the newest of the points, if a rule is about them at all.

        Of what comes all of the time the newest seconds are always still to be judged.
        """
        rules = [rule for rule in self._case.device.profile.rules if name[1] in rule.input_metrics]
        if not points or not any(rule.covers(name[2]) for rule in rules):
            return True
        judged = self._db.get(LastReading, name)
        proof = self._case.proof
        behind = proof.every if isinstance(proof, HeldProof) else 0
        return judged is not None and points[-1].at - behind <= judged.at

    def _alert(self, metrics: set[str], component: str) -> SeenAlert | None:
        """The newest alert of a rule that watches one of the metrics, of this component."""
        touching = [alert for alert in self._alerts if self._is_about(alert, metrics, component)]
        return SeenAlert(touching[-1].title, touching[-1].began_at) if touching else None

    def _is_about(self, alert: Alert, metrics: set[str], component: str) -> bool:
        profile = self._case.device.profile
        rule = self._site.rule(self._case.device.id, alert.rule)
        watched = {alert.metric}
        if rule is not None:
            watched |= {rule.watched_metric(profile), *rule.input_metrics}
        is_of_part = alert.component in ("", component)
        return alert.fired_at is not None and is_of_part and not metrics.isdisjoint(watched)

    def _verdicts_on(self, metrics: set[str], component: str) -> Iterator[SeenVerdict]:
        for detector in self._case.device.profile.detectors:
            if not metrics.isdisjoint((detector.metric, detector.of, detector.less)):
                for (_, part, name), row in self._verdicts.items():
                    if name == detector.id and part in ("", component):
                        yield SeenVerdict(row.kind, row.alarm, row.at)

    def _has_chart(self, name: SeriesName) -> bool:
        """A control chart of the metric has learned what is usual."""
        for rule in self._case.device.profile.rules:
            if isinstance(rule, ChartRule) and rule.metric == name[1] and rule.covers(name[2]):
                now, count = self._case.now, rule.baseline + 1
                values = first_values(self._db, self._series, name, now, count)
                if rule.mean is not None or len(values) >= count:
                    return True
        return False


def _of_newest(
    series: ObservedSeries, entered: Sequence[manual_rows.ManualReading]
) -> ObservedSeries:
    """A result is its newest reading alone; who typed it, if somebody did."""
    newest = series.points[-1:]
    typed = [row for row in entered if newest and row.at == newest[0].at and not row.is_withdrawn]
    last = max((row.at for row in entered), default=0)
    corrected = [
        row for row in entered if row.corrects_id is not None and (row in typed or row.at == last)
    ]
    return replace(
        series,
        sources=() if typed else series.sources,
        entered_by=frozenset(row.who for row in typed),
        corrected_by=corrected[-1].who if corrected else "",
    )


def _refuses(event: Event, metric: str, component: str) -> bool:
    is_bad = event.kind == BAD_ANSWER and event.text.startswith(f"{metric}:")
    return is_bad and event.component == component


def _answers(up: Reading | None, entry: SourceEntry, now: int) -> bool:
    return up is not None and up.value >= 1 and now - up.at <= max(entry.reachable_within(), UP_GAP)
