"""Whether the sources that would bring an event were listened to all of the time."""

from collections.abc import Iterator, Sequence

from core.readings import BAD_RECORD, DEVICE_CLOCK, LOG_GAP, NOT_UNDERSTOOD, UNDERSTOOD, UP, Event
from core.schema.sources.base import SourceEntry
from core.time.clock import MINUTE
from maintenance.proofs.case import Case
from maintenance.proofs.observed import ObservedSource, ProofWindow
from storage.series import SeriesReader

POINTS_PER_GAP = 4  # so finely that a gap is seen
UP_GAP = 15 * MINUTE  # `up` is written at least so often, by the slowest source as it comes

_DOUBTS = (LOG_GAP, BAD_RECORD, DEVICE_CLOCK, NOT_UNDERSTOOD)  # of a source, in its own events


def listened_sources(
    series: SeriesReader,
    case: Case,
    window: ProofWindow,
    events: Sequence[Event],
    kinds: set[str],
) -> Iterator[ObservedSource]:
    """Those sources of the device that make events of these kinds."""
    device = case.device
    for entry in device.sources:
        supplied = entry.events_supplied(device.profile)
        if not supplied & kinds:
            continue
        every = max(UP_GAP, entry.reachable_within())
        points = POINTS_PER_GAP * case.proof.window // every
        up = series.range(
            device.id, UP, entry.up_component, window.start, window.end + 1, max(points, 1)
        )
        own = [event for event in events if event.component in ("", entry.up_component)]
        yield ObservedSource(
            entry.up_component, tuple(up.points), up.width, every,
            _has_signs(series, case, window, events, entry), _doubt_in(own),
        )  # fmt: skip


def _has_signs(
    series: SeriesReader,
    case: Case,
    window: ProofWindow,
    events: Sequence[Event],
    entry: SourceEntry,
) -> bool:
    """It brought something in the window, or its silence would have been noticed."""
    if entry.knows_silence:
        return True
    supplied = entry.events_supplied(case.device.profile)
    if any(event.kind in supplied for event in events):
        return True
    metrics = entry.metrics_supplied(case.device.profile)
    return any(
        reading.metric in metrics and reading.at >= window.start
        for reading in series.latest(case.device.id, case.now)
    )


def _doubt_in(events: Sequence[Event]) -> str:
    """The kind of an event that says that something was lost, or is not understood."""
    last = {event.kind: event for event in events}
    understood = last.get(UNDERSTOOD)
    if understood and NOT_UNDERSTOOD in last and understood.at >= last[NOT_UNDERSTOOD].at:
        del last[NOT_UNDERSTOOD]
    if DEVICE_CLOCK in last and not last[DEVICE_CLOCK].code:
        del last[DEVICE_CLOCK]
    return next((kind for kind in _DOUBTS if kind in last), "")
