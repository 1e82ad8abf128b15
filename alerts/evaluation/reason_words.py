"""Why an alert fired, in sentences that pages, messages and the supplier's page share."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from alerts.evaluation.reason import AlertReason, LimitReached
from core.schema.rules.shewhart import ChartTest
from core.text.evidence_words import busy_week, sentences
from core.text.numbers import rounded
from core.text.phrase import Phrase
from core.time.clock import DAY

MOST_STATES = 3  # that are named as right; of more the list is no help

_TESTS: dict[ChartTest, Phrase] = {
    "beyond_3_sigma": Phrase("Farther than 3 sigma from what is expected"),
    "two_of_three_beyond_2_sigma": Phrase("2 of 3 farther than 2 sigma away, on one side"),
    "four_of_five_beyond_1_sigma": Phrase("4 of 5 farther than 1 sigma away, on one side"),
    "eight_on_one_side": Phrase("8 in a row on one side of what is expected"),
}


class NumberWriter(NamedTuple):
    """How a surface writes a value of the metric, a length of time, a time, a day, and a name."""

    value: Callable[[float], str]
    span: Callable[[int], str]
    moment: Callable[[int], str]
    day: Callable[[int], str]
    name: Callable[[str], str]  # of a statistic or a metric that carried a verdict
    number: Callable[[float], str]


def reason_sentences(reason: AlertReason, write: NumberWriter) -> list[Phrase]:
    """What was judged, the essential first; without the forecast."""
    kinds: dict[str, Callable[[AlertReason, NumberWriter], Iterator[Phrase]]] = {
        "value": _value,
        "state": _state,
        "rate": _rate,
        "count": _count,
        "silence": _silence,
        "chart": _chart,
        "verdict": _verdict,
    }
    return list(kinds[reason.judged](reason, write))


def forecast_sentences(
    forecast: LimitReached | None, write: NumberWriter, now: int
) -> list[Phrase]:
    """When the limit is reached, with its interval, and what a busy week does; none if nobody can tell."""
    if forecast is None:
        return []
    limit = write.value(forecast.limit)
    first = _reached(forecast, limit, write, now)
    weeks = busy_week(forecast.evidence, limit, lambda at: max(round((at - now) / DAY), 0))
    return [phrase for phrase in (first, weeks) if phrase is not None]


def _reached(forecast: LimitReached, limit: str, write: NumberWriter, now: int) -> Phrase | None:
    at, earliest, latest = forecast.at, forecast.earliest, forecast.latest
    if at is None:
        return None
    if at <= now:
        return Phrase("Should have reached {limit} on {day}", limit=limit, day=write.day(at))
    if earliest is None:
        return Phrase("Reaches {limit} on {day}", limit=limit, day=write.day(at))
    low = write.day(earliest)
    if latest is None:
        return Phrase(
            "Reaches {limit} on {day}, not before {low}, perhaps never",
            limit=limit,
            day=write.day(at),
            low=low,
        )
    return Phrase(
        "Reaches {limit} on {day} ({low} to {high})",
        limit=limit,
        day=write.day(at),
        low=low,
        high=write.day(latest),
    )


def _value(reason: AlertReason, write: NumberWriter) -> Iterator[Phrase]:
    if reason.value is None:
        if reason.limit is not None:
            limit = write.value(reason.limit)
            yield Phrase("Limit {limit}; what it was is not known", limit=limit)
        return
    value = write.value(reason.value)
    if reason.expected is not None:
        yield from _band(reason, value, write)
    elif reason.limit is None or reason.off is None:
        yield Phrase("Was {value}", value=value)
    elif write.value(reason.limit) == value:
        yield Phrase("Was {value}, at its limit", value=value)
    else:
        off, limit = write.value(reason.off), write.value(reason.limit)
        if reason.value > reason.limit:
            yield Phrase("Was {value}, {off} above {limit}", value=value, off=off, limit=limit)
        else:
            yield Phrase("Was {value}, {off} below {limit}", value=value, off=off, limit=limit)


def _band(reason: AlertReason, value: str, write: NumberWriter) -> Iterator[Phrase]:
    assert reason.expected is not None  # who calls has looked
    due = write.value(reason.expected)
    if reason.low is None or reason.high is None:
        yield Phrase("Was {value}, expected {due}", value=value, due=due)
        return
    low, high = write.value(reason.low), write.value(reason.high)
    yield Phrase(
        "Was {value}, expected {due} ({low} to {high})", value=value, due=due, low=low, high=high
    )


def _state(reason: AlertReason, write: NumberWriter) -> Iterator[Phrase]:
    if reason.value is None:
        return
    value = write.value(reason.value)
    if not 0 < len(reason.states) <= MOST_STATES:
        yield Phrase("Was: {value}", value=value)
    else:
        due = " / ".join(map(write.name, reason.states))
        yield Phrase("Was: {value}, expected: {due}", value=value, due=due)


def _rate(reason: AlertReason, write: NumberWriter) -> Iterator[Phrase]:
    assert reason.span is not None
    assert reason.limit is not None  # RateJudge gives both
    span, rate = write.span(reason.span), reason.value
    limit = write.value(reason.limit)
    if rate is None:
        yield Phrase(
            "Limit {limit} in {span}; how fast it was is not known", limit=limit, span=span
        )
    elif rate >= 0:
        value = write.value(rate)
        yield Phrase("Rose {value} in {span}, limit {limit}", value=value, span=span, limit=limit)
    else:
        value, limit = write.value(-rate), write.value(-reason.limit)
        yield Phrase("Fell {value} in {span}, limit {limit}", value=value, span=span, limit=limit)


def _count(reason: AlertReason, write: NumberWriter) -> Iterator[Phrase]:
    span = write.span(reason.span or 0)
    limit = write.number(reason.limit or 0)
    if reason.value is None:
        yield Phrase(
            "More than {limit} within {span}; how many is not known", limit=limit, span=span
        )
        return
    count = write.number(reason.value)
    yield Phrase(
        "{count} within {span}, at most {limit} expected", count=count, span=span, limit=limit
    )


def _silence(reason: AlertReason, write: NumberWriter) -> Iterator[Phrase]:
    span = write.span(reason.span or 0)
    when = write.moment(reason.since or 0)
    yield Phrase("No reading since {when}, expected every {span} at least", when=when, span=span)


def _chart(reason: AlertReason, write: NumberWriter) -> Iterator[Phrase]:
    """A control chart: the value beside its mean, in sigma; or that many small differences add up."""
    if reason.value is None or reason.expected is None or reason.sigmas is None:
        if reason.value is not None:
            value = write.value(reason.value)
            yield Phrase("Was {value}; its expected value is not known any more", value=value)
        yield from (_TESTS[test] for test in reason.tests)
        return
    value, due = write.value(reason.value), write.value(reason.expected)
    sigmas = write.number(rounded(abs(reason.sigmas)))
    yield Phrase(
        "Was {value}, expected {due} ({sigmas} sigma)", value=value, due=due, sigmas=sigmas
    )
    if reason.adds_up:
        when = write.moment(reason.since or 0)
        yield Phrase("Small differences from {due} add up since {when}", due=due, when=when)
    yield from (_TESTS[test] for test in reason.tests)


def _verdict(reason: AlertReason, write: NumberWriter) -> Iterator[Phrase]:
    """What a detector saw. A value within its band is not given as what was wrong."""
    if reason.kind in ("stuck", "absent", "impossible"):
        yield from _sensor(reason, write)
    if reason.doubt:
        yield Phrase("Why: {reason}", reason=Phrase.stored(reason.doubt))
    if reason.value is not None and reason.expected is not None and reason.is_out:
        yield from _band(reason, write.value(reason.value), write)
    moved = sentences(reason.evidence, write.value, write.moment)
    yield from moved
    if not reason.is_out:
        yield from _hidden(reason, write, is_named=not moved)
    elif reason.value is not None and reason.expected is None and not reason.kind:
        yield Phrase(
            "Was {value}; what was expected is not known any more", value=write.value(reason.value)
        )


def _hidden(reason: AlertReason, write: NumberWriter, *, is_named: bool) -> Iterator[Phrase]:
    """The value of that day lies within its band: what of it was out."""
    names = " / ".join(map(write.name, reason.carriers))
    if is_named and names:
        yield _out(reason, names, write)
    if reason.value is not None and reason.expected is not None:
        yield Phrase(
            "Was {value}, expected {due}: that day alone is within the usual",
            value=write.value(reason.value),
            due=write.value(reason.expected),
        )


def _out(reason: AlertReason, names: str, write: NumberWriter) -> Phrase:
    if reason.since is None or reason.at is None or reason.at <= reason.since:
        return Phrase("What is out: {names}", names=names)
    span = write.span(reason.at - reason.since)
    return Phrase("What is out: {names}, over {span}", names=names, span=span)


def _sensor(reason: AlertReason, write: NumberWriter) -> Iterator[Phrase]:
    if reason.value is None:
        return
    value = write.value(reason.value)
    if reason.kind == "stuck":
        yield Phrase("The sensor stands still at {value}", value=value)
    else:
        yield Phrase("The sensor's last value was {value}", value=value)
