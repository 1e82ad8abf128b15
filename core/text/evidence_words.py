"""A detector's evidence in words that a person knows; no code such as `gain` is shown to anybody."""

from collections.abc import Callable, Iterable

from core.text.numbers import rounded
from core.text.phrase import Phrase
from core.time.clock import iso
from core.vocabulary.evidence import Evidence, numbers_of

# The statistics by which detectors find a change; anything else is a metric's name.
CARRIERS: dict[str, Phrase] = {
    "mean": Phrase("the level"),
    "level": Phrase("the level"),
    "gain": Phrase("how much the load adds"),
    "rate": Phrase("how fast it falls"),
    "loss": Phrase("a loss within hours"),
    "slope": Phrase("how much it follows its temperature"),
    "scale": Phrase("how far it swings"),
    "heat": Phrase("how much heat it takes"),
}


def sentences(
    evidence: Iterable[Evidence],
    shown: Callable[[float], str],
    moment: Callable[[int], str] = iso,
) -> list[Phrase]:
    """What moved, from what to what, and what is not known here.

    `shown` writes a value with its unit, `moment` a time in UTC milliseconds.
    """
    out = (_sentence(each.name, each.numbers, shown, moment) for each in evidence)
    return [sentence for sentence in out if sentence is not None]


def busy_week(
    evidence: Iterable[Evidence], limit: str, days: Callable[[float], int]
) -> Phrase | None:
    """When a busy week reaches the `limit` and when a usual one; None where they hardly differ.

    `days` are from now to a time in UTC milliseconds.
    """
    match numbers_of(evidence, "busy_week"):
        case (busy,) if days(busy) < 1:
            return Phrase(
                "A busy week reaches {limit} already, a usual week perhaps never", limit=limit
            )
        case (busy,):
            return Phrase(
                "A busy week reaches {limit} in about {busy} days, a usual week perhaps never",
                limit=limit,
                busy=days(busy),
            )
        case busy, usual if days(busy) < 1:
            return Phrase(
                "A busy week reaches {limit} already, a usual week in {usual} days",
                limit=limit,
                usual=days(usual),
            )
        case busy, usual:
            return Phrase(
                "A busy week reaches {limit} in about {busy} days, a usual week in {usual}",
                limit=limit,
                busy=days(busy),
                usual=days(usual),
            )
    return None


def _sentence(
    name: str,
    numbers: tuple[float, ...],
    shown: Callable[[float], str],
    moment: Callable[[int], str],
) -> Phrase | None:
    match name, numbers:
        case "gain", (usual, now):
            return Phrase(
                "A busy hour now adds {now} instead of {usual}",
                now=shown(now),
                usual=shown(usual),
            )
        case "mean", (size,) if size >= 0:
            return Phrase("On average {size} higher than expected", size=shown(size))
        case "mean", (size,):
            return Phrase("On average {size} lower than expected", size=shown(-size))
        case "rate", (usual, now):
            return _rate(usual, now, shown)
        case "step", (size, at) if size >= 0:
            return Phrase(
                "Its level rose by {size} about {at} and has stayed: a new sensor, a calibration, or something broke",
                size=shown(size),
                at=moment(int(at)),
            )
        case "step", (size, at):
            return Phrase(
                "Its level fell by {size} about {at} and has stayed: a new sensor, a calibration, or something broke",
                size=shown(-size),
                at=moment(int(at)),
            )
        case "no_weather", ():
            return Phrase("No weather known here: a season can look like a fault")
    return None


def _rate(usual: float, now: float, shown: Callable[[float], str]) -> Phrase:
    usual, now = rounded(usual, now), rounded(now, usual)
    if now < 0 and usual <= 0:
        return Phrase(
            "Falls {now} a day instead of {usual}", now=shown(-now), usual=shown(abs(usual))
        )
    if now > 0 and usual >= 0:
        return Phrase("Rises {now} a day instead of {usual}", now=shown(now), usual=shown(usual))
    return Phrase("Moves {now} a day instead of {usual}", now=shown(now), usual=shown(usual))
