"""What a message says of one alert: its numbers at firing and now, what to do, what was done last time."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from alerts.evaluation.kinds import judge_for
from alerts.evaluation.reason import NO_CURVE, FiredPast
from alerts.evaluation.reason_words import NumberWriter, reason_sentences
from alerts.notification.language import MessageWords
from alerts.notification.last_time import LastRepair
from alerts.notification.message import ESSENTIAL, MessageLine, metric_of
from alerts.notification.verdict_message import explain
from core.readings import Reading
from core.schema.site import Site
from storage.records import Alert, Verdict
from storage.series import Curve

TIMES, DETAIL = 1, 4  # ranks: when it began and ended, what explains the number


@dataclass(frozen=True, slots=True)
class AlertFacts:
    """What is known of an alert beside its row and its rule."""

    fired_value: float | None = None
    ended_value: float | None = None
    verdict: Verdict | None = None  # with which its detector brought it to its state
    newest: Reading | None = None  # of what it is about
    last_repair: LastRepair | None = None  # of the same fault on the same device
    # Of what it is about over [start, end), in about so many points.
    curve: Callable[[int, int, int], Curve] = lambda start, end, points: NO_CURVE


def alert_lines(
    words: MessageWords, site: Site, alert: Alert, facts: AlertFacts, now: int, *, is_over: bool
) -> Iterator[MessageLine]:
    """Its value, and what to do while it is not over; `now` is UTC ms."""
    rule = site.rule(alert.device, alert.rule)
    if rule is not None and rule.out_of_service is not None and not is_over:
        yield MessageLine(TIMES, words.text(f"line.{rule.out_of_service}"))
    if facts.verdict is None:
        yield from _numbers(words, site, alert, facts)
    else:
        device = site.devices.get(alert.device)
        profile = device.profile if device else None
        unit = metric_of(site, alert).unit
        for index, text in enumerate(explain(facts.verdict, unit, words, profile)):
            yield MessageLine(DETAIL if index else ESSENTIAL, text)
    yield from _present(words, site, alert, facts, now)
    if is_over:
        return
    if rule is not None and rule.do_first is not None:
        advice = words.phrase(rule.do_first.in_language(words.language))
        yield MessageLine(ESSENTIAL, words.text("line.do_first", what=advice))
    if facts.last_repair is not None:
        at, result = facts.last_repair
        what = words.phrase(result)
        yield MessageLine(DETAIL, words.text("line.last_time", date=words.date(at), what=what))


def _numbers(
    words: MessageWords, site: Site, alert: Alert, facts: AlertFacts
) -> Iterator[MessageLine]:
    """The value that made it fire beside its limit, and the worst since."""
    metric = metric_of(site, alert)
    first = facts.fired_value if facts.fired_value is not None else alert.value
    if first is None:
        return
    judged = _judged(words, site, alert, facts, first)
    values = {"metric": words.data(metric.title), "value": words.quantity(first, metric)}
    if judged:
        yield MessageLine(
            ESSENTIAL, words.text("line.judged", metric=values["metric"], what=judged[0])
        )
        yield from (MessageLine(DETAIL, text) for text in judged[1:])
    elif alert.limit is None or metric.kind == "state":
        yield MessageLine(ESSENTIAL, words.text("line.fired", **values))
    else:
        limit = words.quantity(alert.limit, metric)
        yield MessageLine(ESSENTIAL, words.text("line.fired_limit", **values, limit=limit))
    if alert.value is not None and alert.value != first:
        worst = words.quantity(alert.value, metric)
        yield MessageLine(DETAIL, words.text("line.worst", value=worst))


def _judged(
    words: MessageWords, site: Site, alert: Alert, facts: AlertFacts, first: float
) -> list[str]:
    """What a rule judged that did not judge the value alone: a rate, a count, a baseline; else nothing."""
    rule = site.rule(alert.device, alert.rule)
    if rule is None:
        return []
    metric, fired_at = metric_of(site, alert), alert.fired_at or alert.began_at
    past = FiredPast(
        alert.began_at, fired_at, alert.component, metric, alert.metric, first, alert.limit,
        curve=facts.curve,
    )  # fmt: skip
    reason = judge_for(alert.device, rule).reason(past)
    if reason.judged not in ("count", "rate") and reason.expected is None:
        return []
    write = NumberWriter(
        value=lambda value: words.quantity(value, metric),
        span=words.span,
        moment=words.moment,
        day=words.date,
        name=words.data,
        number=lambda value: words.number(value, 3),
    )
    return [words.phrase(phrase) for phrase in reason_sentences(reason, write)]


def _present(
    words: MessageWords, site: Site, alert: Alert, facts: AlertFacts, now: int
) -> Iterator[MessageLine]:
    """The newest reading with its age; what ended the alert where none came after its end."""
    metric, newest = metric_of(site, alert), facts.newest
    if newest is not None and newest.at >= (alert.ended_at or 0):
        value, span = words.quantity(newest.value, metric), words.span(now - newest.at)
        yield MessageLine(DETAIL, words.text("line.newest", value=value, span=span))
    elif facts.ended_value is not None and facts.verdict is None:
        value = words.quantity(facts.ended_value, metric)
        yield MessageLine(DETAIL, words.text("line.ended", value=value))
