"""What the page of the round carries for its script: how a number is written, and what is asked about each.

All of it is made of the rules that the server judges by (`maintenance/rounds/`), so a phone without a
network asks the same.
"""

from collections.abc import Mapping, Sequence
from typing import TypedDict

from core import number_input
from core.number_input import Spelling
from core.schema.rules.limit import LimitRule
from core.text.phrase import Phrase
from dashboard.components.device.values import basis_tip
from dashboard.i18n import t, t_data, translate
from dashboard.text import format as fmt
from maintenance.rounds.accepted import BADNESS
from maintenance.rounds.questions import Bound
from maintenance.rounds.walk import RoundDevice, RoundValue
from storage.known_readings import SeriesName

TYPED = "{typed}"  # where the script puts what stands in the box


class BoundData(TypedDict):
    """`Bound` of maintenance/rounds/questions.py."""

    side: str
    value: float
    a_day: float
    since: int
    unless: tuple[float, float] | None
    words: str


class LimitData(TypedDict):
    """A limit, and what is written beside a number that breaks it."""

    side: str
    value: float
    words: str


class LineData(TypedDict):
    """One number: whose it is, what it cannot be, what is asked about it, and its limits, the worst first."""

    device: str
    metric: str
    component: str
    title: str
    plausible: tuple[float, float] | None
    impossible: str
    bounds: list[BoundData]
    limits: list[LimitData]


def spelling_data() -> dict[str, object]:
    """How a number is written, and what is asked about another text."""
    words = {
        "no_number": number_input.no_number(TYPED),
        "ambiguous": number_input.ambiguous(TYPED, "{thousands}", "{decimals}"),
        "too_exact": number_input.too_exact(TYPED),
    }
    return {**Spelling()._asdict(), **{name: translate(phrase) for name, phrase in words.items()}}


def lines_data(
    devices: list[RoundDevice], bounds: Mapping[SeriesName, Sequence[Bound]]
) -> dict[str, LineData]:
    """Every number of the round, by its code."""
    return {
        value.code: _line_data(value, bounds[value.name])
        for device in devices
        for value in device.values
    }


def _line_data(value: RoundValue, bounds: Sequence[Bound]) -> LineData:
    plausible = value.about.plausible
    low, high = (fmt.number(end) for end in plausible) if plausible else ("", "")
    return {
        "device": value.device.id,
        "metric": value.metric,
        "component": value.component,
        "title": f"{value.device.name}: {title_of(value)}",
        "plausible": plausible,
        "impossible": t("round.impossible", value="{value}", low=low, high=high),
        "bounds": [_bound(bound) for bound in bounds],
        "limits": [
            {
                "side": "below" if rule.above is None else "above",
                "value": rule.limit,
                "words": limit_words(value, rule),
            }
            for rule in sorted(value.accepted.limits, key=lambda rule: BADNESS.index(rule.severity))
        ],
    }


def title_of(value: RoundValue) -> str:
    """What it is, and of which part."""
    title = t_data(value.about.title)
    return f"{title} ({value.component})" if value.component else title


def limit_words(value: RoundValue, rule: LimitRule) -> str:
    """What is written beside a number that breaks this limit, with whose limit it is."""
    rules = value.accepted
    limits = fmt.limits(rules.low, rules.high, value.about.unit)
    outside = t("rounds.outside", limits=isolated(limits))
    words = t_data(rule.title) if value.about.states else outside
    return f"{words}. {isolated(basis_tip(rule))}"


def isolated(text: str) -> str:
    """Text of its own direction between words of another (UAX 9: first strong isolate)."""
    return f"\u2068{text}\u2069"


def _bound(bound: Bound) -> BoundData:
    return {
        "side": bound.side,
        "value": bound.value,
        "a_day": bound.a_day,
        "since": bound.since,
        "unless": bound.unless,
        "words": question(bound.words(TYPED)),
    }


def question(why: Phrase) -> str:
    """What is asked, in words that end in how to answer."""
    return translate(Phrase("{question}. If it is right, confirm it", question=why))
