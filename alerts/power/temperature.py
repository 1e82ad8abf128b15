"""How far a magnet is from the steady temperature at which it may be used."""

from collections.abc import Sequence
from math import sqrt
from statistics import median

from alerts.power.recoveries import recoveries
from alerts.power.situation import Sample, Temperature
from alerts.power.sources import Sources
from core.schema.power import Settling
from core.schema.site import Device
from core.time.clock import DAY, HOUR, MINUTE

# A recovery shows something if it was so many hours of what counts as steady off; water, if it was so many K.
# What a time constant may be off by, stated and learned, in shares. All engineering.
LEAST_H = 10.0
WATER, WATER_LEAST = "supply_temp_c", 2.0
STATED, LEARNED = 0.3, 0.05
NOW = 10 * MINUTE  # what it is now is the median of so long
STALE = HOUR
POINTS = 1_200
STEP = 30 * MINUTE


def temperature(device: Device, sources: Sources, cut_at: int | None) -> Temperature | None:
    """Beside what was usual in the day before the cut; None if nothing of the device settles."""
    settling = device.power.settling
    if settling is None:
        return None
    now = sources.now
    before_at = now if cut_at is None else cut_at
    samples = sources.curve(device.id, settling.metric, settling.component, before_at - DAY, POINTS)
    before = [sample.value for sample in samples if sample.at < before_at]
    recent = [s.value for s in samples if samples and s.at > samples[-1].at - NOW]
    off_by = hour_ago = None
    if recent and before and now - samples[-1].at <= STALE:
        off_by = median(recent) - median(before)
        if abs(off_by) <= device.profile.metrics[settling.metric].finest:
            off_by = 0.0
    if off_by is not None:
        end = samples[-1].at - HOUR
        then = [sample.value for sample in samples if end - NOW < sample.at <= end]
        hour_ago = median(then) - median(before) if then else None
    learned = _time_constants(device.id, settling, sources, before_at)
    change, steady_min = _steadiness(samples, now, settling.steady_per_h)
    away = 0.0
    if off_by and change is not None and change * off_by > 0:
        away = abs(change)
        off_by += change * NOW / 2 / HOUR  # the median is of some minutes before
    return Temperature(
        off_by=off_by,
        away_per_h=away,
        hour_ago=hour_ago,
        change_per_h=change,
        steady_min=steady_min,
        time_constant_min=median(learned) if learned else settling.time_constant / MINUTE,
        steady_per_h=settling.steady_per_h,
        lasting_min=settling.lasting / MINUTE,
        uncertain=_uncertain(learned),
        is_learned=bool(learned),
    )


def _time_constants(device: str, settling: Settling, sources: Sources, until: int) -> list[float]:
    """Of its recoveries before, minutes."""
    name = (device, settling.metric, settling.component)
    known = recoveries(name, sources, until, LEAST_H * settling.steady_per_h)
    return [each.time_constant_min for each in known if each.time_constant_min is not None]


def _uncertain(learned: Sequence[float]) -> float:
    """By how much of itself the time constant may be off."""
    if not learned:
        return STATED
    return max(LEARNED, (max(learned) - min(learned)) / 2 / median(learned))


def restart_min(device: Device, sources: Sources, cut_at: int | None) -> float | None:
    """From switching on until usable: as cooling water came back after earlier cuts, else as stated."""
    stated = device.power.restart
    if device.profile.kind == "chiller":
        until = sources.now if cut_at is None else cut_at
        rows = sources.newest(device.id, WATER)[:1]
        backs = [
            each.back_min
            for row in rows
            for each in recoveries((device.id, WATER, row.component), sources, until, WATER_LEAST)
        ]
        if backs:
            return median(backs)
    return None if stated is None else stated / MINUTE


def _steadiness(
    samples: Sequence[Sample], now: int, steady_per_h: float
) -> tuple[float | None, float]:
    """The change of the last hour, and for how many minutes up to now each hour has been steady."""
    change, minutes, end = change_per_h(samples, now), 0.0, now
    while end > now - DAY:
        earlier = change_per_h(samples, end)
        if earlier is None or abs(earlier) > steady_per_h:
            break
        minutes, end = minutes + STEP / MINUTE, end - STEP
    return change, minutes


def change_per_h(samples: Sequence[Sample], end: int) -> float | None:
    """Over the hour up to `end`, by least squares, less what chance makes of it; None of fewer than four."""
    hour = [((each.at - end) / HOUR, each.value) for each in samples if end - HOUR < each.at <= end]
    if len(hour) < 4:
        return None
    mean_x, mean_y = (sum(column) / len(hour) for column in zip(*hour, strict=True))
    spread = sum((x - mean_x) ** 2 for x, _ in hour)
    if spread <= 0:
        return None
    slope = sum((x - mean_x) * (y - mean_y) for x, y in hour) / spread
    rest = sum((y - mean_y - slope * (x - mean_x)) ** 2 for x, y in hour)
    chance = 2 * sqrt(rest / (len(hour) - 2) / spread)
    return float(max(abs(slope) - chance, 0.0) * (1 if slope > 0 else -1))
