"""The planned work of the quarter: its checklists answered in time, some of it late, left out or open."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from random import Random

from app.demo.work.acts import Act, WrittenWork
from app.demo.work.calendar import Moment, WorkCalendar
from app.demo.work.people import ENGINEER, IT, MANAGER, PHYSICIST, PLANNER, TECHNICIAN, Colleague
from app.demo.work.standstills import MAGNET_SERVICE, TUBE_SERVICE, fault_of
from app.demo.work.steps import HOUR_CENTS
from core.schema.plan import Plan
from core.schema.site import Device, Site
from core.time.clock import DAY, HOUR, MINUTE
from core.vocabulary.work_orders import PlainAnswer
from maintenance.planning import tasks
from maintenance.planning.planner import plan_by_calendar
from maintenance.work_orders import completion, lifecycle
from maintenance.work_orders.answers import ItemEntry
from maintenance.work_orders.costs import add_cost, add_labour
from storage.records import OrderItem, WorkOrder
from storage.records.transaction import Transaction

Value = Callable[[Random, int], float]  # at a moment, UTC ms
BY_ITSELF = "Scanward reads it by itself"
OPENS = "08:01"  # the planner looks when the day has begun


def near(value: float, spread: float) -> Value:
    """About that, as a person reads it from a panel."""
    return lambda chance, at: round(chance.gauss(value, spread), 2)


def only(value: float) -> Value:
    return lambda chance, at: value


@dataclass(frozen=True, slots=True)
class PlanStory:
    """A plan of a device that was worked on, on these days: what was measured, and what was not right."""

    device: str
    plan: str
    days: tuple[int, ...]
    by: Colleague
    values: Mapping[str, Value] = field(default_factory=dict)
    clock: str = "08:30"
    values_on: Mapping[int, Mapping[str, Value]] = field(
        default_factory=dict
    )  # of some days instead
    not_right: Mapping[str, str] = field(default_factory=dict)  # on the last day: item and note
    bill: tuple[int, str] | None = None
    until: Moment | None = None  # until then the device was out of service


# So many working days ago; six are a week.
WEEKLY, MONTHLY, DAILY = tuple(range(62, 1, -6)), (56, 30, 4), tuple(range(8, 0, -1))
MRI_PHANTOM: Mapping[str, Value] = {
    "geometry": near(0.6, 0.15),
    "resolution": only(0.9),
    "transmit_gain": near(41.5, 0.2),
}
WORK = (
    PlanStory("mri-1", "mri_weekly", WEEKLY, TECHNICIAN, MRI_PHANTOM),
    PlanStory("mri-2", "mri_weekly", WEEKLY, TECHNICIAN, MRI_PHANTOM),
    PlanStory(
        "mammo-1", "mammography_weekly", WEEKLY, TECHNICIAN,
        {"mpv": near(512, 4), "mas": near(84, 0.8)},
    ),
    PlanStory("dxa-1", "dxa_daily", DAILY, TECHNICIAN, clock="08:10"),
    PlanStory(
        "ct-1", "ct_monthly", MONTHLY, ENGINEER,
        {"laser_offset": near(0.8, 0.1), "retakes": near(2.4, 0.3)},
        values_on={56: {"laser_offset": only(2.3)}},  # out of place: LASERS in orders.py
    ),
    PlanStory(
        "ct-2", "ct_monthly", (58, 32, 6), ENGINEER,
        {"laser_offset": near(1.1, 0.1), "retakes": near(2.9, 0.3)},
        values_on={6: {"laser_offset": only(2.6)}},  # as on CT-1 then, and nobody has set them yet
    ),
    PlanStory("mri-1", "mri_monthly", MONTHLY, ENGINEER),
    PlanStory(
        "mammo-1", "mammography_monthly", MONTHLY, ENGINEER,
        {"retakes": near(1.8, 0.2), "compression": near(150, 3)},
    ),
    PlanStory("cbct-1", "cbct_monthly", MONTHLY, ENGINEER),
    PlanStory("dxa-1", "dxa_monthly", MONTHLY, PHYSICIST),
    PlanStory("ups-1", "ups_monthly", MONTHLY, ENGINEER),
    PlanStory("chiller-1", "chiller_monthly", MONTHLY, ENGINEER),
    PlanStory("pacs", "pacs_monthly", MONTHLY, IT),
    PlanStory(
        "us-1", "ultrasound_monthly", (55, 28, 1), ENGINEER,
        not_right={"uniformity": "Two dark lines with the linear probe, element 40 and 41"},
    ),
    PlanStory(
        "ct-2", "ct_half_yearly", (59,), ENGINEER, {"tube_arcs": only(3)}, "08:30",
        bill=(120_000, "Supplier, half-yearly service"), until=TUBE_SERVICE.end,
    ),
    PlanStory(
        "mri-1", "mri_quarterly", (20,), ENGINEER, clock="09:00",
        bill=(45_000, "Supplier, two hours on site"), until=MAGNET_SERVICE.end,
    ),
)  # fmt: skip
LATE = ("rf-1", "rf_monthly")  # nobody has done it yet
LEFT_OUT = ("mri-2", "mri_monthly")


def acts(site: Site, calendar: WorkCalendar, seed: int) -> Iterator[Act]:
    """All of it, and when everything else was done last."""
    chance = Random(seed)  # noqa: S311  measured values, no secret
    works = [*WORK, _daily_phantom(calendar)]
    for work in works:
        yield from _acts_of(site, calendar, work, chance)
    yield from _late(site, calendar)
    yield from _left_out(site, calendar)
    lived = {(work.device, work.plan) for work in works} | {LATE, LEFT_OUT}
    for device in site.devices.values():
        for plan in device.plans:
            if (device.id, plan.id) not in lived:
                yield _done_before(calendar, device, plan, chance)


def _daily_phantom(calendar: WorkCalendar) -> PlanStory:
    """The water of a CT whose numbers drift: as its images show it."""
    drift = fault_of(calendar, "ct_number_drift")

    def water(chance: Random, at: int) -> float:
        return round(chance.gauss(0.3, 0.1) + drift.size * (at - drift.start) / DAY, 2)

    values = {"water_ct_number": water, "water_noise": near(4.1, 0.1)}
    return PlanStory("ct-1", "ct_daily", DAILY, TECHNICIAN, values, "08:15")


def _acts_of(site: Site, calendar: WorkCalendar, work: PlanStory, chance: Random) -> Iterator[Act]:
    device = site.device(work.device)
    plan = _plan(device, work.plan)
    yield _done_on(calendar.at((work.days[0], work.clock)) - (plan.every or 0), device, plan)
    for day in work.days:
        key = key_of(device.id, plan.id, day)
        is_last = day == work.days[-1]
        began = calendar.at((day, work.clock))
        done = calendar.at(work.until) if work.until else began + plan.minutes * MINUTE
        values = {**work.values, **work.values_on.get(day, {})}
        measured = {item: value(chance, done) for item, value in values.items()}
        wrong = work.not_right if is_last else {}
        yield Act(calendar.at((day, OPENS)), PLANNER, partial(_open, key, device, plan))
        yield Act(began, work.by, partial(_begin, key))
        yield Act(done, work.by, partial(_complete, key, measured, wrong))
        if work.bill:
            yield Act(done, MANAGER, partial(_pay, key, *work.bill))
        signer = PHYSICIST if work.by is PHYSICIST else ENGINEER
        yield Act(done + HOUR, signer, partial(_sign, key))


def key_of(device: str, plan: str, day: int) -> str:
    """The name among what is written of a plan's order of that day."""
    return f"{plan} {device} {day}"


def follow_up_of(device: str, plan: str, day: int) -> str:
    """The name of the order for what its checklist found."""
    return f"after {key_of(device, plan, day)}"


def _open(key: str, device: Device, plan: Plan, tx: Transaction, written: WrittenWork) -> None:
    order = plan_by_calendar(tx, device, plan)
    assert order is not None, key
    written.orders[key] = order.id


def _begin(key: str, tx: Transaction, written: WrittenWork) -> None:
    lifecycle.begin(tx, written.orders[key])


def _complete(
    key: str,
    measured: Mapping[str, float],
    wrong: Mapping[str, str],
    tx: Transaction,
    written: WrittenWork,
) -> None:
    order = tx.db.get_one(WorkOrder, written.orders[key])
    began_at = order.steps[-1].at
    minutes = max((tx.now - began_at) // MINUTE, 1)
    cents = minutes * HOUR_CENTS // 60
    add_labour(tx, order.id, minutes=minutes, began_at=began_at, cost_cents=cents)
    entries = [_entry(item, measured, wrong) for item in order.items]
    for follow_up in completion.complete(tx, order.id, answers=entries):
        written.orders[f"after {key}"] = follow_up.id
    if order.takes_down:
        completion.return_to_service(tx, order.id, "Test images as before the service")


def _entry(item: OrderItem, measured: Mapping[str, float], wrong: Mapping[str, str]) -> ItemEntry:
    if item.item in measured:
        return ItemEntry(item.item, value=measured[item.item], sure=True)
    if item.item in wrong:
        return ItemEntry(item.item, "not_ok", note=wrong[item.item])
    plain: PlainAnswer = "not_applicable" if item.metric else "ok"
    return ItemEntry(item.item, plain, note=BY_ITSELF if item.metric else "")


def _pay(key: str, cents: int, text: str, tx: Transaction, written: WrittenWork) -> None:
    add_cost(tx, written.orders[key], cents, text)


def _sign(key: str, tx: Transaction, written: WrittenWork) -> None:
    completion.sign_off(tx, written.orders[key])


def _late(site: Site, calendar: WorkCalendar) -> Iterator[Act]:
    device = site.device(LATE[0])
    plan = _plan(device, LATE[1])
    yield _done_on(calendar.at((34, "10:00")), device, plan)
    yield Act(calendar.at((9, OPENS)), PLANNER, partial(_open, "late", device, plan))
    yield Act(
        calendar.at((9, "09:00")),
        MANAGER,
        lambda tx, written: lifecycle.assign(tx, written.orders["late"], ENGINEER.full_name),
    )


def _left_out(site: Site, calendar: WorkCalendar) -> Iterator[Act]:
    device = site.device(LEFT_OUT[0])
    plan = _plan(device, LEFT_OUT[1])
    yield _done_on(calendar.at((40, "10:00")), device, plan)
    yield Act(calendar.at((13, OPENS)), PLANNER, partial(_open, "left out", device, plan))
    yield Act(calendar.at((12, "11:00")), PHYSICIST, _skip)


def _skip(tx: Transaction, written: WrittenWork) -> None:
    order = tx.db.get_one(WorkOrder, written.orders["left out"])
    assert order.task_id is not None
    tasks.skip(tx, order.task_id, "in_use", "Emergencies on both days")


def _done_before(calendar: WorkCalendar, device: Device, plan: Plan, chance: Random) -> Act:
    """Somewhere between its last turn and its next; a daily one on the last working day."""
    every = plan.every or 90 * DAY
    if every <= DAY:
        return _done_on(calendar.at((1, "08:20")), device, plan)
    return _done_on(calendar.end - round(every * chance.uniform(0.15, 0.85)), device, plan)


def _done_on(at: int, device: Device, plan: Plan) -> Act:
    done = partial(_record_done, device.id, plan.id)
    return Act(at, ENGINEER, done)


def _record_done(device: str, plan: str, tx: Transaction, written: WrittenWork) -> None:
    tasks.record_done(tx, device, plan, tx.now)


def _plan(device: Device, name: str) -> Plan:
    return next(plan for plan in device.plans if plan.id == name)
