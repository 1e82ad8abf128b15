"""One detector at work: its watch, how far it has been fed, and what is kept of it."""

import hashlib
import logging
from dataclasses import dataclass, field, replace
from datetime import tzinfo

from alerts.detection.targets import Place
from alerts.detection.training import Outcome, Seam
from alerts.detectors.base import Frame, Verdict
from alerts.detectors.runner import Watch
from core.time.clock import from_ms
from storage import records
from storage.detector_models.store import Card, State

log = logging.getLogger(__name__)

FAULTS = ("stuck", "absent", "impossible")  # of a sensor


@dataclass
class Running:
    """A watch and its card. The card is what is on the disk or will be with the next `save`."""

    place: Place
    watch: Watch
    card: Card
    seam: Seam
    zone: tzinfo
    bias: float = 0.0
    is_changed: bool = True  # since it was last kept
    stamp: int | None = None  # of the file as it was last kept
    wants: bool = False  # to learn before it goes on
    learns_at: int = 0  # a first start on old data: it is fed until then, and wants to learn
    not_before: int = 0  # rows' time: there was too little to learn from, there may be more then
    why_not: str = ""
    rests_until: int = 0  # learning itself failed
    said_at: int = field(default=0)  # time of the newest verdict, kept or not

    @property
    def fed_until(self) -> int:
        """Rows before it have been judged."""
        return self.card.fed_until

    def feed(self, rows: Frame, until: int) -> list[records.Verdict]:
        """Judge rows up to `until`; the verdicts worth keeping."""
        said = [self._with_sensor(one) for one in self.watch.feed(rows)]
        kept = [one for one in said if one is not None and self._is_worth_keeping(one)]
        self.card = replace(self.card, fed_until=until)
        self.wants = until == self.learns_at
        return [as_row(self.place, one) for one in kept]

    def adopt(self, outcome: Outcome, now: int, scanward: str) -> None:
        """Go on with what was learned."""
        assert outcome.state is not None
        self.watch = woken(self.seam, self.place, outcome.state, self.zone, self.bias)
        self.card = replace(
            self.card,
            version=self.card.version + 1,
            scanward=scanward,
            trained_at=now,
            began_at=outcome.began_at,
            ended_at=outcome.ended_at,
            rows=outcome.rows,
            features=list(outcome.features),
            score=outcome.score,
            input=outcome.input,
        )
        self.wants, self.learns_at, self.is_changed = False, 0, True

    def lean(self, bias: float) -> None:
        """More or less sensitive from now on."""
        if bias != self.bias:
            self.bias = bias
            self.watch = woken(self.seam, self.place, self.watch.state(), self.zone, bias)

    def _with_sensor(self, verdict: Verdict) -> Verdict | None:
        """A detector tells of a faulty sensor when that begins and ends; here it lasts until then.

        None: it is of the context, and told by the device whose sensor that is.
        """
        sensor = verdict.carried_by[0] if verdict.carried_by else ""
        if verdict.kind in FAULTS or sensor in self.card.faults:
            faults = {name: kind for name, kind in self.card.faults.items() if name != sensor}
            if verdict.kind in FAULTS:
                faults[sensor] = verdict.kind
            self.card = replace(self.card, faults=faults)
            self.is_changed = True
            if sensor != self.place.settings.metric:
                return None
        fault = self.card.faults.get(self.place.settings.metric)
        if fault is None or verdict.kind in FAULTS:
            return verdict
        return replace(verdict, kind=fault)  # type: ignore[arg-type]  # one of FAULTS

    def _is_worth_keeping(self, verdict: Verdict) -> bool:
        """The first of a local day, and each change; a fast detector says more than that."""
        said_at, self.said_at = self.said_at, verdict.at
        card = self.card
        is_change = (verdict.kind, verdict.alarm) != (card.last_kind, card.last_alarm)
        is_same_day = _day(verdict.at, self.zone) == _day(said_at, self.zone)
        if not is_change and is_same_day:
            return False
        self.card = replace(
            card, last_kind=verdict.kind, last_alarm=verdict.alarm, last_at=verdict.at
        )
        self.is_changed = True
        return True


def settings_digest(place: Place) -> str:
    """Another one means that what was learned is of something else."""
    columns = sorted((name, repr(one)) for name, one in place.columns.items())
    text = place.settings.model_dump_json() + repr(columns)
    return hashlib.sha256(text.encode()).hexdigest()


def fresh(seam: Seam, place: Place, zone: tzinfo, fed_until: int) -> Running:
    """A watch that knows nothing yet."""
    watch = seam.watch(place.settings, limits=place.limits, zone=zone)
    device, component, detector = place.key
    card = Card(
        device=device,
        component=component,
        detector=detector,
        kind=place.settings.kind,
        settings=settings_digest(place),
        fed_until=fed_until,
    )
    return Running(place, watch, card, seam, zone)


def woken(seam: Seam, place: Place, state: State, zone: tzinfo, bias: float) -> Watch:
    """A watch as it was."""
    return seam.watch.restored(place.settings, state, limits=place.limits, zone=zone, bias=bias)


def as_row(place: Place, verdict: Verdict) -> records.Verdict:
    """A verdict as it is stored."""
    device, component, detector = place.key
    return records.Verdict(
        device=device,
        component=component,
        detector=detector,
        at=verdict.at,
        kind=verdict.kind,
        score=float(verdict.score),
        alarm=bool(verdict.alarm),
        carried_by=list(verdict.carried_by),
        value=verdict.value,
        expected=verdict.expected,
        low=verdict.low,
        high=verdict.high,
        since=verdict.since,
        limit=verdict.limit,
        limit_at=verdict.limit_at,
        limit_at_low=verdict.limit_at_low,
        limit_at_high=verdict.limit_at_high,
    )


def _day(at: int, zone: tzinfo) -> int:
    return from_ms(at).astimezone(zone).toordinal()
