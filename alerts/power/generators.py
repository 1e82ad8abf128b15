"""What a generator can be counted on for. Pure."""

from dataclasses import dataclass
from typing import Literal

from alerts.power.situation import Generator, Load, Situation
from core.time.clock import MINUTE

GeneratorState = Literal["standby", "expected", "running", "failed", "empty", "unknown"]

# Of what it is rated for; what starts takes more for a moment. Engineering.
SHARE = 0.8
# So long after its delay it is still waited for. Engineering.
GRACE_MIN = 1.0


@dataclass(frozen=True, slots=True)
class GeneratorPlan:
    """A generator, and what it can carry of what it feeds, in the order of starting again."""

    generator: str
    state: GeneratorState
    feeds: tuple[str, ...]
    expected_at: int | None  # UTC ms
    dry_at: int | None  # when its fuel is used up; None: nobody knows, or it does not run
    fuel_min: float | None  # for which its fuel lasts
    is_fuel_old: bool
    carries: tuple[str, ...]
    cannot_carry: tuple[str, ...]
    is_refused: bool  # it runs, and a UPS that it feeds is on its battery all the same


def generator_plan(generator: Generator, now: Situation) -> GeneratorPlan:
    """How it stands, how long its fuel lasts, and who may be switched on while it runs."""
    share = generator.fuel_pct.value
    fuel_min = None
    if share is not None and generator.full_tank_min is not None:
        fuel_min = max(share, 0.0) / 100 * generator.full_tank_min
    state = _state(generator, now)
    delay = generator.start_delay_min
    expected_at = None
    if state == "expected" and now.cut_at is not None and delay is not None:
        expected_at = now.cut_at + round(delay * MINUTE)
    carries, cannot = _carried(generator, now)
    fed = [ups for ups in now.ups if ups.device in generator.feeds]
    runs = state == "running"
    return GeneratorPlan(
        generator=generator.device,
        state=state,
        feeds=generator.feeds,
        expected_at=expected_at,
        dry_at=now.now + round(fuel_min * MINUTE) if runs and fuel_min is not None else None,
        fuel_min=fuel_min,
        is_fuel_old=generator.fuel_pct.is_stale,
        carries=carries,
        cannot_carry=cannot,
        is_refused=runs and any(ups.is_on_battery for ups in fed),
    )


def _state(generator: Generator, now: Situation) -> GeneratorState:
    if generator.is_running:
        return "running"
    if generator.fuel_pct.fresh is not None and generator.fuel_pct.fresh <= 0:
        return "empty"
    if generator.is_running is None:
        return "unknown"
    if now.mains != "cut" or now.cut_at is None:
        return "standby"
    if generator.start_delay_min is None:
        return "failed"
    waited = (now.now - now.cut_at) / MINUTE
    return "expected" if waited <= generator.start_delay_min + GRACE_MIN else "failed"


def _carried(generator: Generator, now: Situation) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Of what is on it, directly or behind a UPS: what fits, and what does not. An unknown load: neither."""
    if generator.rated_w is None:
        return (), ()
    behind = [load for ups in now.ups if ups.device in generator.feeds for load in ups.loads]
    behind += [load for load in now.direct if load.device in generator.feeds]
    room = generator.rated_w * SHARE
    carries, cannot = list[str](), list[str]()
    for load in sorted(behind, key=_need):
        watts = load.most_w if load.most_w is not None else load.watts
        if watts is None:
            continue
        (carries if watts <= room else cannot).append(load.device)
        room -= watts if watts <= room else 0.0
    return tuple(carries), tuple(cannot)


def _need(load: Load) -> int:
    """An examination that runs first, then what the others stand on."""
    return -1 if load.examination else ("network", "cooling", "server", "scanner").index(load.role)
