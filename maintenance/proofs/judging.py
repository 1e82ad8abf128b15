"""Is a line proven by what was seen? No evidence is never "normal". Pure: no store, no clock."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from core.readings import Event
from core.schema.proof import CounterProof, EventProof, HeldProof, NoEventProof, Proof, ResultProof
from core.text import times
from core.text.numbers import PLAIN
from core.text.phrase import Phrase
from maintenance.proofs import reasons as why
from maintenance.proofs.coverage import WindowCoverage, coverage
from maintenance.proofs.facts import ProofFact, ProofVerdict
from maintenance.proofs.observed import Observation, ObservedSeries, ObservedSource, ProofWindow
from storage.series import Point

Judged = tuple[ProofFact | None, list[Phrase]]


def judge(proof: Proof, seen: Observation, window: ProofWindow, by: str = "") -> ProofVerdict:
    """The facts that prove a line, or every reason why they do not; `by` is who would confirm them."""
    reasons = list(why.of_work(window))
    judged = list(_judged(proof, seen, window, by))
    if not judged:
        reasons.append(Phrase("no source of the device brings it"))
    for _, against in judged:
        reasons += against
    facts = [fact for fact, _ in judged if fact is not None]
    return (
        ProofVerdict((), tuple(dict.fromkeys(reasons))) if reasons else ProofVerdict(tuple(facts))
    )


def _judged(proof: Proof, seen: Observation, window: ProofWindow, by: str) -> Iterator[Judged]:
    if isinstance(proof, EventProof):
        yield _event(proof, seen.events, window)
    elif isinstance(proof, NoEventProof):
        against = list(_events_against(seen.events, window))
        for source in seen.sources:
            fact, doubts = _listened(proof, source, window)
            yield fact, [*against, *doubts]
    else:
        for series in seen.series:
            yield _series(proof, series, window, by)


def _series(proof: Proof, series: ObservedSeries, window: ProofWindow, by: str) -> Judged:
    if not series.points:
        return None, [_never(why.name_of(series), window)]
    against = [
        *why.of_source(series),
        *why.of_verdicts(series, window),
        *why.of_person(series, by),
    ]
    fact, more = _BY_KIND[type(proof)](proof, series, window)
    return fact, [*against, *more]


def _held(proof: Proof, series: ObservedSeries, window: ProofWindow) -> Judged:
    assert isinstance(proof, HeldProof)
    points = _unpaused(series, window)
    if not points:
        return None, [_never(why.name_of(series), window)]
    covered = coverage(points, series.width, proof.every, window.counted)
    against = [
        *why.of_limits(series),
        *_outside(series, points, window),
        *why.of_gaps(series, proof, covered, window),
        *(() if proof.may_rest else why.of_rest(series, points)),
        *(why.of_steadiness(series, window) if proof.steady else ()),
    ]
    return _fact(series, points, window, covered), against


def _result(_proof: Proof, series: ObservedSeries, window: ProofWindow) -> Judged:
    points = _unpaused(series, window)
    if not points:
        return None, [_never(why.name_of(series), window)]
    newest = points[-1:]
    against = [*why.of_limits(series), *_outside(series, newest, window)]
    return _fact(series, newest, window), against


def _counter(proof: Proof, series: ObservedSeries, window: ProofWindow) -> Judged:
    assert isinstance(proof, CounterProof)
    first, last = series.points[0], series.points[-1]
    title, against = why.name_of(series), list[Phrase]()
    if window.end - (last.at + series.width) > proof.newer_than:
        when = times.timestamp(last.at, window.zone)
        against.append(
            Phrase("there is no reading of {title} since {when}", title=title, when=when)
        )
    pairs = zip(series.points, series.points[1:], strict=False)
    if any(after.low < before.high for before, after in pairs):
        against.append(Phrase("{title} went back: it was set anew, or replaced", title=title))
    elif last.high <= first.low:
        against.append(Phrase("{title} has not grown", title=title))
    return _fact(series, series.points, window), against


_BY_KIND: Mapping[type[Proof], Callable[[Proof, ObservedSeries, ProofWindow], Judged]] = {
    HeldProof: _held,
    ResultProof: _result,
    CounterProof: _counter,
}


def _event(proof: EventProof, events: Sequence[Event], window: ProofWindow) -> Judged:
    """The newest of its kind, with none that takes it back at the same time or after it."""
    proving = [event for event in events if event.kind == proof.event]
    if not proving:
        return None, [_never(proof.event, window)]
    newest = proving[-1]
    against = list[Phrase]()
    if newest.quality != "good":
        against.append(Phrase("the clock of {title} is in doubt", title=newest.kind))
    for event in events:
        if event.kind in proof.undone_by and event.at >= newest.at:
            when = times.timestamp(event.at, window.zone)
            against.append(Phrase("{event} came on {when}", event=event.kind, when=when))
    fact = ProofFact(
        newest.kind, newest.text, newest.component,
        count=len(proving), start=window.start, end=window.end, newest_at=newest.at,
    )  # fmt: skip
    return fact, against


def _events_against(events: Sequence[Event], window: ProofWindow) -> Iterator[Phrase]:
    """The newest of what should not have come."""
    if events:
        yield Phrase(
            "{count} × {event}, the last on {when}",
            count=len(events),
            event=events[-1].kind,
            when=times.timestamp(events[-1].at, window.zone),
        )


def _listened(proof: NoEventProof, source: ObservedSource, window: ProofWindow) -> Judged:
    """The source answered all of the time, and lost nothing on the way."""
    answered = [point for point in source.points if point.low >= 1]
    covered = coverage(answered, source.width, source.every, window.counted)
    name, against = source.name, list[Phrase]()
    if source.doubt:
        against.append(
            Phrase("the source {source} is in doubt: {event}", source=name, event=source.doubt)
        )
    if not source.has_signs:
        against.append(
            Phrase(
                "the source {source} brought nothing at all: perhaps nobody writes it", source=name
            )
        )
    if not answered or window.end - (answered[-1].at + source.width) > source.every:
        against.append(Phrase("the source {source} does not answer", source=name))
    elif covered.pct < proof.coverage_pct:
        against.append(
            Phrase(
                "the source {source} answered for {covered} % of the time, {needed} % are needed",
                source=name,
                covered=PLAIN.fixed(int(covered.pct), 0),
                needed=PLAIN.fixed(proof.coverage_pct, 0),
            )
        )
    fact = ProofFact(
        ", ".join(proof.events), "", count=0, start=window.start, end=window.end,
        coverage_pct=covered.pct, source=name,
    )  # fmt: skip
    return fact, against


def _unpaused(series: ObservedSeries, window: ProofWindow) -> list[Point]:
    width = max(series.width, 1)
    return [point for point in series.points if not window.is_paused(point.at, point.at + width)]


def _outside(
    series: ObservedSeries, points: Sequence[Point], window: ProofWindow
) -> Iterator[Phrase]:
    """The last value beyond a limit."""
    low = -float("inf") if series.low is None else series.low
    high = float("inf") if series.high is None else series.high
    beyond = [point for point in points if point.low < low or point.high > high]
    if beyond:
        last = beyond[-1]
        value = last.low if last.low < low else last.high
        yield why.outside(series, value, last.at, window)


def _never(title: str, window: ProofWindow) -> Phrase:
    when = times.timestamp(window.start, window.zone)
    return Phrase("there is no reading of {title} since {when}", title=title, when=when)


def _fact(
    series: ObservedSeries,
    points: Sequence[Point],
    window: ProofWindow,
    covered: WindowCoverage | None = None,
) -> ProofFact:
    return ProofFact(
        subject=series.metric,
        title=series.title,
        component=series.component,
        unit=series.unit,
        count=sum(point.readings for point in points),
        start=window.start,
        end=window.end,
        lowest=min(point.low for point in points),
        highest=max(point.high for point in points),
        newest=points[-1].mean,
        newest_at=points[-1].at,
        low=series.low,
        high=series.high,
        coverage_pct=None if covered is None else covered.pct,
        source=", ".join(series.sources) or ", ".join(sorted(series.entered_by)),
    )
