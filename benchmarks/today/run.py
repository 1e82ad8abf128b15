"""`python -m benchmarks.today.run [--seeds 400] [--first 1000]`: lost examinations by the order in which one engineer works.

One engineer, one work at a time, only in working hours, gone on with the next morning. Whenever a work ends or
something else breaks, the first by the rule of all that has broken by then is gone on with. Patients come by
chance, are examined if their device works in that moment, and are lost if not: nobody comes back later.
"""

import argparse
from collections.abc import Callable, Sequence
from statistics import median, quantiles

from benchmarks.today.week import START, STEP, ZONE, Fault, Week, is_working, week
from core.time.clock import HOUR
from maintenance.planning import day_order
from maintenance.planning.day_order import SEVERITIES, UseLoss, at_stake, urgency

Rule = Callable[[Fault, Week, int], tuple[float, ...]]


def by_severity(fault: Fault, _week: Week, _now: int) -> tuple[float, ...]:
    """The worst first, then the oldest."""
    return SEVERITIES.index(fault.severity), fault.at


def oldest_first(fault: Fault, _week: Week, _now: int) -> tuple[float, ...]:
    """As they came."""
    return (fault.at,)


def shortest_first(fault: Fault, _week: Week, _now: int) -> tuple[float, ...]:
    """What is done soonest, as far as is known before."""
    return (fault.kind_hours,)


def by_day_order(fault: Fault, week_: Week, now: int) -> tuple[float, ...]:
    """As Today does it: what it knows is the counts, the forecast, the severity and what such orders took."""
    waiting = at_stake(_losses(fault, week_, now), now, ZONE)
    work = day_order.work_time(None, [fault.kind_hours] * day_order.MIN_PAST)
    return urgency(waiting, work, fault.severity)


def _losses(fault: Fault, week_: Week, now: int) -> list[UseLoss]:
    if fault.fails_at <= now:
        begins_at, share = now, fault.share
    elif fault.severity == "critical" or fault.limit_at is None:
        begins_at, share = now, day_order.AT_RISK.get(fault.severity, 0.0)
    else:
        begins_at, share = fault.limit_at, 1.0
    return [UseLoss(device, week_.expected[device], begins_at, share) for device in fault.devices]


RULES: dict[str, Rule] = {
    "by severity alone": by_severity,
    "as they came": oldest_first,
    "the shortest first": shortest_first,
    "as Today orders it": by_day_order,
}


def ends(week_: Week, rule: Rule) -> dict[Fault, int]:
    """When each fault is repaired."""
    left = {fault: fault.hours * HOUR for fault in week_.faults}
    done, now = dict[Fault, int](), START
    known: list[Fault] = []
    at_work: Fault | None = None
    while left:
        if is_working(now):
            here = [fault for fault in left if fault.at <= now]
            if at_work is None or len(here) > len(known):  # something ended, or broke
                at_work = min(here, key=lambda fault: rule(fault, week_, now), default=None)
            known = here
            if at_work is not None:
                left[at_work] -= STEP
        now += STEP
        if at_work is not None and left[at_work] <= 0:
            done[at_work] = now
            del left[at_work]
            known = [fault for fault in known if fault is not at_work]
            at_work = None
    return done


def at_once(week_: Week) -> dict[Fault, int]:
    """As if each fault had an engineer of its own: what no order can save."""
    return {fault: ends(Week([fault], {}, {}), oldest_first)[fault] for fault in week_.faults}


def lost(week_: Week, repaired: dict[Fault, int]) -> float:
    """Examinations that were not done; of a device that is usable in part half of them."""
    total = 0.0
    for device, times in week_.patients.items():
        own = [fault for fault in week_.faults if device in fault.devices]
        for at in times:
            shares = [fault.share for fault in own if fault.fails_at <= at < repaired[fault]]
            total += max(shares, default=0.0)
    return total


def losses(weeks: Sequence[Week], rule: Rule) -> list[float]:
    """Of each week."""
    return [lost(each, ends(each, rule)) for each in weeks]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=400)
    parser.add_argument("--first", type=int, default=1000)
    parser.add_argument("--ahead", type=float, default=day_order.AHEAD / HOUR, help="hours")
    parser.add_argument("--hours", type=float, default=3.0, help="median of kinds of repair")
    parser.add_argument("--days", type=float, default=6, help="within which the faults begin")
    chosen = parser.parse_args()
    day_order.AHEAD = round(chosen.ahead * HOUR)
    weeks = [
        week(seed, chosen.hours, chosen.days)
        for seed in range(chosen.first, chosen.first + chosen.seeds)
    ]
    before = losses(weeks, by_severity)
    floor = sum(lost(each, at_once(each)) for each in weeks)
    print(
        f"| {chosen.seeds} weeks from seed {chosen.first} | lost in all | of a week, median | fewer in all | of what an order can save | of a week: quartiles |"
    )
    print("|---|---|---|---|---|---|")
    for name, rule in RULES.items():
        after = losses(weeks, rule)
        fewer = [100 * (1 - b / a) for a, b in zip(before, after, strict=True) if a > 0]
        low, middle, high = quantiles(fewer, n=4)
        share = 100 * (1 - sum(after) / sum(before))
        print(
            f"| {name} | {sum(after):.0f} | {median(after):.0f} | {share:.0f} % |"
            f" {100 * (sum(before) - sum(after)) / (sum(before) - floor):.0f} % | {low:.0f}, {middle:.0f}, {high:.0f} % |"
        )


if __name__ == "__main__":
    main()
