"""Whether a plan is worth telling again: it is told once, then when something in it has changed. Pure."""

import json
from typing import Any

from alerts.power.plan import PowerPlan
from core.time.clock import MINUTE

# An end that moves by less is the same: by a fifth of what is left, and by so many minutes. Engineering.
SHARE, MINUTES = 0.2, 5.0


def fingerprint(plan: PowerPlan) -> str:
    """What was told, as text that can be kept in a row; for `changed`."""
    return json.dumps({"facts": _facts(plan), "ends": _ends(plan)}, sort_keys=True)


def changed(before: str | None, plan: PowerPlan) -> bool:
    """Must it be told again to who knows `before`, a fingerprint (None: nothing)?

    Minutes that pass as foretold are no news, nor is an estimate that moves a little.
    """
    if before is None:
        return True
    try:
        known: dict[str, Any] = json.loads(before)
    except ValueError:
        return True
    if not isinstance(known, dict) or known.get("facts") != _facts(plan):
        return True
    ends, known_ends = _ends(plan), known.get("ends")
    if not isinstance(known_ends, dict) or set(known_ends) != set(ends):
        return True
    return any(_has_moved(known_ends[name], at, plan.at) for name, at in ends.items())


def has_turned(before: str, plan: PowerPlan) -> bool:
    """Has the mains gone or come since `before`, a fingerprint?"""
    try:
        known = json.loads(before)
        return bool(known["facts"][0] != plan.mains)
    except (ValueError, KeyError, IndexError, TypeError):
        return True


def _has_moved(before: object, at: int | None, now: int) -> bool:
    if not isinstance(before, int) or at is None:
        return before != at
    tolerance = max(SHARE * abs(before - now), MINUTES * MINUTE)
    return abs(at - before) > tolerance


def _facts(plan: PowerPlan) -> list[Any]:
    """What changes at once or not at all; lists, because JSON has no tuples.

    Not whether an examination is sure to end: that flutters with the estimate, and one is told to go on
    both ways.
    """
    return [
        plan.mains,
        [
            [
                ups.ups,
                ups.mode,
                ups.left.minutes is None,
                "silent" in ups.left.doubts,
                sorted(
                    [stop.device, stop.action == "give_up", stop.ends_at is not None]
                    for stop in ups.stops
                ),
            ]
            for ups in plan.ups
        ],
        [
            [each.generator, each.state, each.is_refused, list(each.cannot_carry)]
            for each in plan.generators
        ],
        [
            [each.device, each.usable_min is None]
            for each in sorted(plan.restarts, key=lambda e: e.device)
        ]
        if plan.steady_at is not None
        else [],
    ]


def _ends(plan: PowerPlan) -> dict[str, int | None]:
    """The times that people go by, UTC ms; without a cut the minutes left are nobody's clock."""
    ends: dict[str, int | None] = {
        f"empty {ups.ups}": ups.empty_at for ups in plan.ups if ups.mode == "battery"
    }
    ends |= {f"dry {each.generator}": each.dry_at for each in plan.generators if each.dry_at}
    if plan.steady_at is not None:
        ends |= {
            f"usable {each.device}": plan.steady_at + round(each.usable_min * MINUTE)
            for each in plan.restarts
            if each.usable_min is not None and each.settling_min
        }
    return ends
