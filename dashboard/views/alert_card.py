"""Why an alert fired, as every page shows it: then, now, expected, forecast, and a line of its past. Pure."""

from dataclasses import dataclass

from alerts.evaluation.reason import AlertReason
from alerts.evaluation.reason_words import NumberWriter, forecast_sentences, reason_sentences
from core.readings import UP, Reading
from core.schema.metric import Metric
from core.schema.profile import Profile
from core.schema.rules.base import Rule
from core.schema.site import Site
from core.text.evidence_words import CARRIERS
from core.text.phrase import Phrase
from core.time.clock import DAY, HOUR
from dashboard.i18n import isolated, t_data, translate
from dashboard.text import format as fmt
from dashboard.views.device_status import AlertRow
from storage.series import Curve

SPANS = {
    "24h": DAY,
    "7d": 7 * DAY,
    "30d": 30 * DAY,
    "90d": 90 * DAY,
}  # as a page of a device has them
MARGIN = 1.5  # so many times the alert's own length are drawn, that its beginning is seen
STEP = HOUR // 4  # ends are rounded up to it, so that what is drawn is shared


@dataclass(frozen=True, slots=True)
class CardFacts:
    """What the stores know of an alert beside its row; times UTC ms."""

    reason: AlertReason
    curve: Curve  # of its series over [start, end)
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class AlertCard:
    """An alert and why it fired. `rule` is None if its device or its profile has it no more."""

    row: AlertRow
    metric: Metric
    profile: Profile | None
    rule: Rule | None
    facts: CardFacts
    newest: Reading | None  # of its series; None: nobody knows one
    is_fresh: bool  # it is as new as its source brings them

    @property
    def reason(self) -> AlertReason:
        """What its rule judged."""
        return self.facts.reason

    @property
    def first_value(self) -> float | None:
        """The reading that made it fire; of what is no reading (a count, silence) none."""
        if self.reason.judged in ("count", "silence"):
            return None
        return self.row.value if self.row.fired_value is None else self.row.fired_value

    @property
    def span(self) -> str:
        """The range of a chart that shows where it began: `7d`."""
        return span_of(self.row.began_at, self.facts.end)

    @property
    def is_drawn(self) -> bool:
        """Its line says more than the words do."""
        return len(self.facts.curve.points) > 1 and self.row.metric != UP


def span_of(began_at: int, end: int) -> str:
    """The shortest range up to `end` with room before the beginning; the longest if none has it."""
    needed = (end - began_at) * MARGIN
    return next((name for name, length in SPANS.items() if length >= needed), "90d")


def drawn_range(row: AlertRow, now: int) -> tuple[int, int]:
    """Start and end of what is drawn beside an alert; of an ended one some time after it too."""
    end = now if row.ended_at is None else row.ended_at + (row.ended_at - row.began_at) // 4 + HOUR
    end = -(-min(end, now) // STEP) * STEP
    return end - SPANS[span_of(row.began_at, end)], end


def why(card: AlertCard, now: int, site: Site) -> list[Phrase]:
    """What was judged, the essential first."""
    return reason_sentences(card.reason, number_writer(card.metric, card.profile, now, site))


def outlook(card: AlertCard, now: int, site: Site) -> list[Phrase]:
    """When a limit is reached; of an alert that has ended nothing."""
    if card.row.ended_at is not None:
        return []
    write = number_writer(card.metric, card.profile, now, site)
    return forecast_sentences(card.reason.forecast, write, now)


def number_writer(metric: Metric, profile: Profile | None, now: int, site: Site) -> NumberWriter:
    """Numbers and times as the pages write them."""
    return NumberWriter(
        value=lambda value: isolated(fmt.with_unit(value, metric)),
        span=lambda length: isolated(fmt.span(length)),
        moment=lambda at: isolated(fmt.moment(at, now, site)),
        day=lambda at: isolated(fmt.near_date(at, now, site)),
        name=lambda name: _name(name, profile),
        number=fmt.number,
    )


def _name(name: str, profile: Profile | None) -> str:
    """A statistic, the title of a metric, or a state."""
    if name in CARRIERS:
        return translate(CARRIERS[name])
    metric = profile.metrics.get(name) if profile else None
    return t_data(metric.title if metric else name)
