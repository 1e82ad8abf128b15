"""What a scanner is doing, by its log or its plug."""

from dataclasses import dataclass
from typing import Literal

from alerts.power.situation import RunningExamination
from alerts.power.sources import Sources
from core.schema.site import Device
from core.time.clock import DAY, HOUR, MINUTE

# Events that a log, and later DICOM or MPPS, give: of a scan within an examination, and of its end.
STARTED = ("examination_started", "scan_started")
ENDED = "examination_ended"
# After so long without a scan the examination is over: the next patient takes longer. Engineering.
PAUSE = 8 * MINUTE
LONGEST = 3 * HOUR
# A plug tells scanning from waiting only where the two differ so much, in so many of so many days.
# Engineering.
CONTRAST, LEARNING, FEWEST = 1.3, 7 * DAY, 20
SHORT = 0.8  # of the usual: a short examination. Engineering
USUAL = 10 * MINUTE  # what it takes is the mean of so long
IDLE_W = 15.0  # less is off


@dataclass(frozen=True, slots=True)
class Activity:
    """Of one scanner now."""

    examination: RunningExamination | None
    is_known: bool  # can anything here tell that one runs?
    mean_w: float | None  # what it takes, over the last minutes


def activity(device: Device, sources: Sources) -> Activity:
    """By its log if that speaks of scans, else by its plug."""
    now, usual = sources.now, device.power.examination
    watts = sources.sums(device.id, "mains_power_w", now - LONGEST)
    recent = [sample.value for sample in watts if sample.at > now - USUAL]
    mean_w = sum(recent) / len(recent) if recent else None
    events = sources.events(device.id, now - LONGEST)
    ended = max((event.at for event in events if event.kind == ENDED), default=0)
    started = sorted(event.at for event in events if event.kind in STARTED)
    if started:
        return Activity(
            _last([at for at in started if at > ended], usual, now, "log"), True, mean_w
        )
    limit = _scanning_above(device, sources)
    if limit is not None and recent:
        scans = [sample.at for sample in watts if sample.value > limit and sample.at > ended]
        return Activity(_last(scans, usual, now, "plug"), True, mean_w)
    return Activity(None, _log_names_scans(device), mean_w)


def _last(
    scans: list[int], usual: int | None, now: int, seen_by: Literal["log", "plug"]
) -> RunningExamination | None:
    """The scans that follow one another up to just now."""
    if not scans or now - scans[-1] > PAUSE:
        return None
    begin = scans[-1]
    for at in reversed(scans):
        if begin - at > PAUSE:
            break
        begin = at
    if usual is None:
        return RunningExamination(begin, None, 0.0, seen_by)
    # One that is longer than usual takes a quarter of the usual more; nobody knows better.
    lasted = now - begin
    left = max(usual - lasted, usual // 4)
    least = max(usual * SHORT - lasted, 0)
    return RunningExamination(begin, left / MINUTE, least / MINUTE, seen_by)


def _scanning_above(device: Device, sources: Sources) -> float | None:
    """Watts that it takes only while it scans: half-way between waiting and scanning, stated or seen."""
    power = device.power
    if power.idle_w is not None and power.scan_w is not None:
        return (power.idle_w + power.scan_w) / 2
    lowest = highest = 0.0
    for row in sources.newest(device.id, "mains_power_w"):
        start = sources.now - LEARNING
        buckets = sources.extremes(device.id, row.metric, row.component, start, 400)
        lows = sorted(low for low, _ in buckets if low > IDLE_W)
        highs = sorted(high for _, high in buckets)
        if len(lows) < FEWEST:
            return None
        lowest += lows[len(lows) // 10]
        highest += highs[-1 - len(highs) // 20]
    return (lowest + highest) / 2 if highest > lowest * CONTRAST else None


def _log_names_scans(device: Device) -> bool:
    """Does a log that is read here speak of scans? Then its silence means that there is none."""
    kinds = {source.kind for source in device.sources}
    return any(
        event in STARTED
        for kind, own in device.profile.maps.items()
        if kind in kinds
        for event in own.events()
    )
