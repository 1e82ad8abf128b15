"""What every source shares: the sink for its readings, and the checks that an answer must pass."""

import math
from collections.abc import Callable, Iterable
from typing import NamedTuple, Protocol

from collectors.numbers import NotANumberError, Number, read_number
from collectors.units import UnitError, convert, is_known, is_same, own_unit
from core.readings import BAD_ANSWER, Batch, Event, Reading
from core.schema.site import Device
from core.vocabulary.readings import Quality

Now = Callable[[], int]  # UTC milliseconds; app/ passes the real clock
POLL_MAY_WAIT_S = 0.1  # for other polls, to be stored with them; a poll is acknowledged to nobody
# What became of one answer: a reading, an event of quality `bad`, or a gap.
Observation = Reading | Event | None


class StatedUnit(NamedTuple):
    """A unit that a device states of a number, and where: `TempUnit`."""

    unit: str
    place: str = ""
    is_of_all: bool = False  # of every such number of the payload, not of this one


class Sink(Protocol):
    """Where a source puts its batches."""

    async def append(self, batch: Batch) -> None:
        """Return once the batch is safe on disk.

        While the disk is full this waits and tries again, so a source that awaits it before it
        acknowledges or moves on can lose nothing.
        """

    def position(self, key: str) -> str | None:
        """The position last saved under `key` in a batch, or None."""


class Source(Protocol):
    """One loop of collecting: one agent, one broker or one file."""

    @property
    def name(self) -> str:
        """For the log: `ct-1 snmp 192.0.2.7`."""

    @property
    def last_error(self) -> str:
        """What went wrong in the last round, for a person; empty if nothing did."""

    async def run(self) -> None:
        """Collect until cancelled. Survives everything the device does; raises only on our bugs."""

    async def once(self) -> None:
        """One round: one poll, one look at the file, what the broker holds right now."""


def reachability(
    device: Device, kind: str, at: int, *, up: bool, response_ms: float | None = None
) -> list[Reading]:
    """`up` (1 or 0) and, if it answered, `response_ms` of one source; the component is its kind."""
    readings = [Reading(device.id, "up", float(up), at, kind)]
    if response_ms is not None:
        readings.append(Reading(device.id, "response_ms", round(response_ms, 3), at, kind))
    return readings


def validated(
    device: Device,
    metric: str,
    answer: object,
    at: int,
    *,
    component: str = "",
    scale: float = 1.0,
    missing: Iterable[float] = (),
    quality: Quality = "good",
    stated: StatedUnit | None = None,
) -> Observation:
    """A reading if `answer` is a believable number, an event of quality `bad` if it is not.

    None when the answer means "no sensor" (`missing`, or no answer at all, as `n/a`): a gap, never a
    zero. Text that holds a number counts as one, because some agents answer numbers as text. A unit
    behind it, or `stated` beside it, is converted to the metric's own; an unknown one is refused.
    """
    try:
        if isinstance(answer, bool) and own_unit(metric, device.profile.metrics[metric].unit):
            raise NotANumberError  # yes and no measure nothing
        number = read_number(answer)
        if number is None or number.value in missing:
            return None
        value = _in_own_unit(device, metric, number, scale, stated)
    except UnitError as error:
        place = f" at {stated.place}" if stated is not None and stated.place else ""
        return bad_answer(device, metric, f"{error}{place}: refused", at, component)
    except NotANumberError:
        value = math.nan
    if not math.isfinite(value):
        return bad_answer(device, metric, f"not a number: {_shortened(answer)}", at, component)
    plausible = device.profile.metrics[metric].plausible
    if plausible and not plausible[0] <= value <= plausible[1]:
        return bad_answer(device, metric, f"out of range: {value:g}", at, component)
    return Reading(device.id, metric, value, at, component, quality)


def to_batch(observations: Iterable[Observation]) -> Batch:
    """Readings to the readings, events to the events, gaps to nowhere."""
    batch = Batch()
    for observation in observations:
        if isinstance(observation, Reading):
            batch.readings.append(observation)
        elif isinstance(observation, Event):
            batch.events.append(observation)
    return batch


def _in_own_unit(
    device: Device, metric: str, number: Number, scale: float, stated: StatedUnit | None
) -> float:
    """The number in the metric's unit. UnitError and NotANumberError say why it cannot be."""
    own = own_unit(metric, device.profile.metrics[metric].unit)
    if number.unit:
        # Text that is no unit makes the whole no number: a date, a name, a version.
        if not is_known(number.unit) and not (own and is_same(number.unit, own)):
            raise NotANumberError
        if own:  # what says its unit says its scale: `54.7 V` is not in tenths
            return convert(number.value, number.unit, own)
        stated = StatedUnit(number.unit)
    if stated is None or is_same(stated.unit, own):
        return number.value * scale if scale != 1.0 else number.value
    # The unit says all that `scale` would say, unless it is that of the whole payload.
    value = number.value * scale if stated.is_of_all else number.value
    return convert(value, stated.unit, own)


def _shortened(answer: object) -> str:
    text = repr(answer)
    return text if len(text) <= 60 else text[:57] + "..."


def bad_answer(device: Device, metric: str, text: str, at: int, component: str) -> Event:
    """The event of quality `bad` for an answer that is not believed."""
    return Event(
        device.id, BAD_ANSWER, f"{metric}: {text}", at, "warning", component, quality="bad"
    )
