"""Whether a fault was there before on a device or its kind: what was done, and did it hold. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from core.text.plain import single_line
from core.time.clock import DAY
from core.vocabulary.knowledge import Outcome
from storage.records import Alert, StockMove, WorkOrder
from storage.records.precedents import Precedent

# A repair that lasts a month is taken to have held: Scanward's own, no source.
HOLDS = 30 * DAY
# So long a value may take to come right after the work, before its alert is taken to have remained.
SETTLES = DAY
MOST = 5  # of the device, and as many of others of its kind
LONGEST_LINE = 160  # characters


@dataclass(frozen=True, slots=True)
class EarlierRepair:
    """One order about the same fault, and what became of it."""

    order_id: int
    device: str
    is_same_device: bool
    title: str
    done_at: int  # UTC ms
    work: str  # what was done, in a line; empty: nobody wrote it down
    parts: tuple[tuple[str, int], ...]  # what they are called, and how many were used
    minutes: int  # of labour
    outcome: Outcome
    lasted: int  # ms from the end of the work until the alert fired again, or until now


def seen_before(
    device: str,
    precedents: Iterable[Precedent],
    firings: Sequence[Alert],
    moves: Iterable[StockMove],
    part_names: Mapping[str, str],
    now: int,
) -> list[EarlierRepair]:
    """Earlier repairs, this device's first, each the newest first; at most MOST of it and of others."""
    used = _parts_used(moves, part_names)
    repairs = []
    for precedent in precedents:
        order, key = precedent.order, precedent.key
        done_at = order.done_at or 0
        spans = [
            (alert.fired_at, alert.ended_at)
            for alert in firings
            if (alert.device, alert.rule) == (order.device, key.rule)
            and key.component in (None, alert.component)
            and alert.fired_at is not None
        ]
        outcome, lasted = outcome_of(done_at, spans, now)
        repairs.append(
            EarlierRepair(
                order.id,
                order.device,
                order.device == device,
                order.title,
                done_at,
                _work(order),
                tuple(used[order.id]),
                sum(labour.minutes for labour in order.labour),
                outcome,
                lasted,
            )
        )
    repairs.sort(key=lambda repair: (-repair.done_at, -repair.order_id))
    of_device = [repair for repair in repairs if repair.is_same_device]
    of_others = [repair for repair in repairs if not repair.is_same_device]
    return of_device[:MOST] + of_others[:MOST]


def outcome_of(
    done_at: int, spans: Iterable[tuple[int, int | None]], now: int
) -> tuple[Outcome, int]:
    """Did it hold, and for how long (ms)? `spans`: when the alert fired and ended, UTC ms; None: it has not.

    It held if the alert has not fired again for HOLDS. An alert that is still open SETTLES after the work
    has remained. Before HOLDS are over nobody knows.
    """
    known = [(fired, ended) for fired, ended in spans if fired <= now]
    if now > done_at + SETTLES and any(
        fired <= done_at and (ended is None or ended > done_at + SETTLES) for fired, ended in known
    ):
        return "remained", 0
    again = min((fired for fired, _ in known if fired > done_at), default=None)
    lasted = max((now if again is None else again) - done_at, 0)
    if lasted >= HOLDS:
        return "held", lasted
    return ("not_known" if again is None else "came_back"), lasted


def _work(order: WorkOrder) -> str:
    """Its result, or else its last note, in a line."""
    notes = [step.note for step in reversed(order.steps)]
    text = next((text for note in (order.result, *notes) if (text := single_line(note))), "")
    return text if len(text) <= LONGEST_LINE else f"{text[: LONGEST_LINE - 1].rstrip()}…"


def _parts_used(
    moves: Iterable[StockMove], names: Mapping[str, str]
) -> defaultdict[int, list[tuple[str, int]]]:
    """By order; what was returned is taken off."""
    counts = defaultdict[tuple[int, str], int](int)
    for move in moves:
        if move.order_id is not None:
            counts[move.order_id, move.part_id] -= move.quantity
    used = defaultdict[int, list[tuple[str, int]]](list)
    for (order, part), count in counts.items():
        if count > 0:
            used[order].append((names.get(part, part), count))
    return used
