"""The plan of a power cut: who stops by when, what can still end, and who starts again in which order. Pure.

`make_plan` is the decision. It never gives up an examination that could end: one is given up only if even
the long estimate of the battery, with everything else switched off, is too short for it, and then as late
as an orderly stop allows, for the mains may come back.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Literal

from alerts.power.battery_budget import Budget, end_min
from alerts.power.generators import GeneratorPlan, generator_plan
from alerts.power.restart import Restart, restarts
from alerts.power.runtime import Runtime, runtime
from alerts.power.situation import Load, Mains, Situation, UpsState
from core.time.clock import MINUTE

Mode = Literal["battery", "mains", "generator", "unknown"]
# stop: nothing runs on it. finish: its examination can end, then stop. risky: it may not end, go on.
# give_up: it cannot end.
Action = Literal["stop", "finish", "risky", "give_up"]

_RANK = {"scanner": 0, "cooling": 1, "server": 2, "network": 3}
_MOST_AT_ONCE = 10  # examinations whose combinations are tried; a site has fewer


@dataclass(frozen=True, slots=True)
class Stop:
    """What is to be done with one device. The first in the list is the first to go."""

    device: str
    action: Action
    by: int | None  # begin to stop at this time (UTC ms) at the latest; None: nobody knows
    is_now: bool  # so that an examination elsewhere can end
    buys_min: float | None  # what it adds for those that stay on; None: its load is not known
    stop_min: float
    ends_at: int | None = None  # when its examination should be over, UTC ms
    lacks: tuple[str, ...] = ()  # cooling that it needs and that stands still


@dataclass(frozen=True, slots=True)
class UpsPlan:
    """What is on one UPS: as it is (battery), or as it would be if the power failed now."""

    ups: str
    mode: Mode
    since: int | None
    left: Runtime
    empty_at: int | None  # at the present load, UTC ms
    stops: tuple[Stop, ...]
    unmeasured: tuple[str, ...]  # devices of which nobody knows the load
    unwatched: tuple[str, ...]  # scanners of which nobody can tell whether an examination runs
    stated: tuple[str, ...]  # devices whose load is the site's figure
    read_at: int | None = None


@dataclass(frozen=True, slots=True)
class PowerPlan:
    """The whole site at one moment."""

    at: int  # UTC ms
    mains: Mains
    cut_at: int | None
    back_at: int | None
    ups: tuple[UpsPlan, ...]
    generators: tuple[GeneratorPlan, ...]
    restarts: tuple[Restart, ...]
    steady_at: (
        int | None
    )  # since when the mains counts as back for good, UTC ms; None: it is not back


def make_plan(now: Situation) -> PowerPlan:
    """What to do in this situation; if the mains is there, what to do if it failed now."""
    generators = tuple(generator_plan(each, now) for each in now.generators)
    ups_plans = tuple(_ups_plan(ups, now, generators) for ups in now.ups)
    order, steady_at = restarts(now)
    return PowerPlan(
        now.now, now.mains, now.cut_at, now.back_at, ups_plans, generators, order, steady_at
    )


def _ups_plan(ups: UpsState, now: Situation, generators: Sequence[GeneratorPlan]) -> UpsPlan:
    left = runtime(ups, now.now)
    helps = [each for each in generators if ups.device in each.feeds]
    is_help_near = any(each.state == "expected" for each in helps)
    carried = {name for each in generators if each.state == "running" for name in each.feeds}
    standing = {load.device for load in now.direct if load.role == "cooling"} - carried
    is_real = ups.is_on_battery is True
    stops = _stops(ups, left, now.now, is_help_near, standing if is_real else set())
    return UpsPlan(
        ups=ups.device,
        mode=_mode(ups, now),
        since=ups.since,
        left=left,
        empty_at=_after(now.now, left.minutes),
        stops=stops,
        unmeasured=tuple(load.device for load in ups.loads if load.watts is None),
        unwatched=tuple(
            load.device
            for load in ups.loads
            if load.role == "scanner" and not load.is_activity_known and not load.is_off
        ),
        stated=tuple(load.device for load in ups.loads if load.is_stated),
        read_at=ups.read_at,
    )


def _mode(ups: UpsState, now: Situation) -> Mode:
    if ups.is_on_battery:
        return "battery"
    if ups.is_on_battery is None:
        return "unknown"
    return "generator" if now.mains == "cut" else "mains"


def _stops(
    ups: UpsState, left: Runtime, now: int, is_help_near: bool, standing: set[str]
) -> tuple[Stop, ...]:
    """The decision: first what runs no examination, what buys most before the rest, then the others."""
    budget = Budget(ups, left)
    loads = [load for load in ups.loads if not load.is_off]
    running = [load for load in loads if load.examination is not None]
    spare, needed = _without_examination(loads, running)
    # As few as let every examination end; all of them if that is not enough.
    at_once = next(
        (n for n in range(len(spare)) if budget.lasts("low", spare[:n], running)), len(spare)
    )
    can_end = running if is_help_near else _that_can_end(budget, spare, running)
    given_up = [load for load in running if load not in can_end]
    goes_on = [load for load in running if load in can_end]
    # Given up as late as an orderly stop allows, unless another could not end then.
    until_late = {load.device: left.low or 0.0 for load in given_up}
    makes_room = bool(goes_on) and not budget.lasts("high", spare, goes_on, until_late)
    until_end = {load.device: end_min(load) + load.stop_min for load in running}
    actions: dict[str, Action] = {load.device: "give_up" for load in given_up}
    for load in goes_on:
        is_sure = budget.lasts("low", spare[:at_once], [load], until_end)
        is_known = load.examination is not None and load.examination.minutes is not None
        actions[load.device] = "finish" if is_sure and is_known else "risky"
    first = {load.device for load in (*spare[:at_once], *(given_up if makes_room else ()))}
    stops, off = list[Stop](), list[Load]()
    for load in (*spare, *given_up, *goes_on, *needed):
        stop = _stop(load, actions.get(load.device, "stop"), left, now, load.device in first)
        lacks = tuple(name for name in load.needs if name in standing)
        stops.append(replace(stop, buys_min=budget.bought(load, off), lacks=lacks))
        off.append(load)
    return tuple(stops)


def _without_examination(
    loads: Sequence[Load], running: Sequence[Load]
) -> tuple[list[Load], list[Load]]:
    """What may be stopped, what takes most first, of equals what is slowest to stop; and what a running
    examination or the network needs."""
    cooled_by = {name for load in running for name in load.needs}
    idle = sorted(
        (load for load in loads if load.examination is None),
        key=lambda load: (_RANK[load.role], -(load.watts or 0.0), -load.stop_min),
    )
    needed = [load for load in idle if load.device in cooled_by or load.role == "network"]
    return [load for load in idle if load not in needed], needed


def _stop(load: Load, action: Action, left: Runtime, now: int, is_now: bool) -> Stop:
    by = now if is_now else _after(now, left.low, -load.stop_min)
    examination = load.examination
    return Stop(
        device=load.device,
        action=action,
        by=None if by is None else max(by, now),
        is_now=is_now,
        buys_min=None,
        stop_min=load.stop_min,
        ends_at=None if examination is None else _after(now, examination.minutes),
    )


def _that_can_end(budget: Budget, spare: list[Load], running: list[Load]) -> list[Load]:
    """As many of the running examinations as can end by the long estimate; of as many, the shortest."""
    if len(running) > _MOST_AT_ONCE:
        running = sorted(running, key=end_min)[:_MOST_AT_ONCE]
    for count in range(len(running), 0, -1):
        chosen = [
            list(group)
            for group in combinations(running, count)
            if budget.lasts("high", spare, list(group))
        ]
        if chosen:
            return min(chosen, key=lambda group: sum(end_min(load) for load in group))
    return []


def _after(now: int, minutes: float | None, more: float = 0.0) -> int | None:
    return None if minutes is None else now + round((minutes + more) * MINUTE)
