"""A detector's verdict in a few lines: expected against actual, since when, and until when."""

from collections.abc import Iterator

from alerts.notification.language import MessageWords
from core.schema.profile import Profile
from core.text.evidence_words import CARRIERS, busy_week, sentences
from core.time.clock import DAY
from storage.records import Verdict

SENSORS = ("stuck", "absent", "impossible")


def explain(
    verdict: Verdict, unit: str, words: MessageWords, profile: Profile | None = None
) -> list[str]:
    """What the detector saw, a line each; none if it only learns.

    `unit` is the metric's, `profile` the device's. A value that lies within its band is shown without
    it: what moved is something else, and is named.
    """
    return [
        *_sensor(verdict, unit, words),
        *([words.text("verdict.why", reason=words.phrase(verdict.reason))] * bool(verdict.reason)),
        *_evidence(verdict, unit, words),
        *_expected(verdict, unit, words),
        *_seen(verdict, words, profile),
        *_forecast(verdict, unit, words),
    ]


def _sensor(verdict: Verdict, unit: str, words: MessageWords) -> Iterator[str]:
    if verdict.kind not in SENSORS:
        return
    if verdict.value is None:
        yield words.text(f"verdict.{verdict.kind}")
    else:
        value = words.with_unit(verdict.value, unit, 5)
        yield words.text(f"verdict.{verdict.kind}_at", value=value)


def _evidence(verdict: Verdict, unit: str, words: MessageWords) -> list[str]:
    phrases = sentences(
        verdict.evidence, lambda value: words.with_unit(value, unit, 4), words.moment
    )
    return [words.phrase(phrase) for phrase in phrases]


def _expected(verdict: Verdict, unit: str, words: MessageWords) -> Iterator[str]:
    if verdict.value is None or verdict.expected is None:
        return
    value = words.with_unit(verdict.value, unit, 5)
    expected = words.with_unit(verdict.expected, unit, 5)
    if verdict.low is None or verdict.high is None or not verdict.shows_in_its_value:
        yield words.text("verdict.expected", value=value, expected=expected)
        return
    low, high = words.number(verdict.low, 4), words.number(verdict.high, 4)
    yield words.text("verdict.expected_band", value=value, expected=expected, low=low, high=high)


def _seen(verdict: Verdict, words: MessageWords, profile: Profile | None) -> Iterator[str]:
    if verdict.since is not None:
        yield words.text("verdict.since", date=words.date(verdict.since))
    if verdict.carriers:
        names = (_carrier(name, words, profile) for name in verdict.carriers)
        yield words.text("verdict.carriers", names=words.text("verdict.comma").join(names))


def _carrier(name: str, words: MessageWords, profile: Profile | None) -> str:
    """A statistic in words, or the title of a metric."""
    if name in CARRIERS:
        return words.phrase(CARRIERS[name])
    metric = profile.metrics.get(name) if profile else None
    return words.data(metric.title if metric else name)


def _forecast(verdict: Verdict, unit: str, words: MessageWords) -> Iterator[str]:
    """`Reaches 60 % in 23 days, between 17 and 34`: 8 times in 10 it is between the two."""
    if verdict.limit is None:
        return
    limit = words.with_unit(verdict.limit, unit)
    if verdict.limit_at is not None:
        yield _reaches(verdict, verdict.limit_at, limit, words)
    weeks = busy_week(verdict.evidence, limit, lambda at: _days(verdict, at))
    if weeks is not None:
        yield words.phrase(weeks)


def _reaches(verdict: Verdict, limit_at: int, limit: str, words: MessageWords) -> str:
    days = _days(verdict, limit_at)
    if verdict.limit_at_low is None:
        return words.text("verdict.reaches", limit=limit, days=days)
    low = _days(verdict, verdict.limit_at_low)
    if verdict.limit_at_high is None:
        return words.text("verdict.reaches_perhaps", limit=limit, days=days, low=low)
    high = _days(verdict, verdict.limit_at_high)
    return words.text("verdict.reaches_between", limit=limit, days=days, low=low, high=high)


def _days(verdict: Verdict, at: float) -> int:
    return max(round((at - verdict.at) / DAY), 0)
