"""The planner on a timeline: one occurrence, one order, at the right time, in both databases."""

import random

import pytest

from core.errors import RefusedError
from core.readings import Batch, Reading
from core.time.clock import DAY, HOUR, MINUTE, from_ms
from maintenance.planning.planner import Planner
from maintenance.planning.tasks import begin_task, record_done, skip
from maintenance.work_orders.completion import complete
from maintenance.work_orders.lifecycle import begin
from maintenance.work_orders.states import get
from storage.records import Alert
from storage.records import planning as task_rows
from storage.records import work_orders as order_rows
from storage.records.planning import ScheduledTask
from tests.maintenance.cast import KABUL, T0, House, at


def waiting(house: House, plan: str, device: str = "ct-1") -> ScheduledTask:
    with house.look() as db:
        one = task_rows.open_task(db, plan, device)
    assert one is not None
    return one


def done(house: House, number: int, now: int) -> None:
    with house.change(now) as tx:
        for item in get(tx.db, number).items:
            item.answer = "not_applicable"
        complete(tx, number)


def test_a_round_may_be_repeated_by_anybody_and_opens_nothing_twice(any_house: House) -> None:
    house = any_house
    house.planner.round(T0)
    other = Planner(house.site, house.series, house.records)
    opened = [other.round(T0 + DAY), house.planner.round(T0 + DAY), other.round(T0 + DAY)]
    assert [len(numbers) for numbers in opened] == [2, 0, 0]  # the dailies of CT and CBCT
    with house.look() as db:
        waits = [(one.plan, one.device) for one in task_rows.open_tasks(db)]
        assert len(waits) == len(set(waits))
        assert {o.id for o in order_rows.orders(db)} == set(opened[0])


def test_the_next_is_counted_from_when_it_was_really_done(house: House) -> None:
    house.planner.round(T0)
    assert waiting(house, "ct_weekly").due_at == at("2025-01-11 08:00")
    house.planner.round(at("2025-01-11 08:00"))
    with house.look() as db:
        order = order_rows.order_of_task(db, waiting(house, "ct_weekly").id)
    assert order is not None
    done(house, order.id, at("2025-01-13 10:00"))
    house.planner.round(at("2025-01-13 10:05"))
    assert waiting(house, "ct_weekly").due_at == at("2025-01-20 08:00")


def test_what_nobody_did_is_missed_when_the_next_is_due(house: House) -> None:
    house.planner.round(T0)
    first = waiting(house, "ct_daily")
    assert first.late_at == first.due_at + 4 * HOUR
    house.planner.round(at("2025-01-05 08:00"))
    house.planner.round(at("2025-01-06 08:00"))
    with house.look() as db:
        missed = db.get_one(ScheduledTask, first.id)
        order = order_rows.order_of_task(db, first.id)
    assert (missed.skip_kind, missed.skipped_by) == ("missed", "maintenance")
    assert order is not None
    assert order.state == "cancelled"
    assert waiting(house, "ct_daily").due_at == at("2025-01-06 08:00")


def test_what_somebody_is_at_is_not_missed(house: House) -> None:
    house.planner.round(T0)
    first = waiting(house, "ct_daily")
    [number, *_] = house.planner.round(at("2025-01-05 08:00"))
    with house.change(T0 + DAY) as tx:
        begin(tx, number)
    house.planner.round(at("2025-01-08 08:00"))
    assert waiting(house, "ct_daily").id == first.id


def test_of_days_on_which_scanward_was_off_no_missed_work_is_made_up(house: House) -> None:
    house.planner.round(T0)
    house.planner.round(T0 + DAY)
    house.planner.round(T0 + 40 * DAY)
    with house.look() as db:
        daily = [o for o in task_rows.tasks_due(db, 0, T0 + 99 * DAY) if o.plan == "ct_daily"]
    assert [one.skip_kind for one in daily] == ["missed", ""]


def test_it_is_skipped_for_a_reason_and_its_order_is_closed(house: House) -> None:
    house.planner.round(T0)
    one = waiting(house, "ct_daily")
    house.planner.round(T0 + DAY)
    with pytest.raises(RefusedError, match="say why"), house.change(T0 + DAY) as tx:
        skip(tx, one.id, "in_use", " ")
    with house.change(T0 + DAY) as tx:
        skip(tx, one.id, "in_use", "a trauma")
    with house.look() as db:
        order = order_rows.order_of_task(db, one.id)
    assert order is not None
    assert (order.state, waits(house)) == ("cancelled", False)
    with pytest.raises(RefusedError, match="no open occurrence"), house.change(T0 + DAY) as tx:
        skip(tx, one.id, "in_use", "again")


def test_the_order_of_a_task_is_begun_once_it_is_open(house: House) -> None:
    house.planner.round(T0)
    task = waiting(house, "ct_daily")
    with pytest.raises(RefusedError, match="not open yet"), house.change(T0) as tx:
        begin_task(tx, task.id)
    house.planner.round(T0 + DAY)
    with house.change(T0 + DAY) as tx:
        assert begin_task(tx, task.id).state == "working"


def waits(house: House) -> bool:
    with house.look() as db:
        return task_rows.open_task(db, "ct_daily", "ct-1") is not None


def test_what_was_done_before_scanward_knew_moves_the_next(house: House) -> None:
    house.planner.round(T0)
    before = T0 - 300 * DAY
    with house.change(T0) as tx:
        record_done(tx, "ct-1", "ct_yearly", before)
    with pytest.raises(RefusedError, match="after the last time"), house.change(T0) as tx:
        record_done(tx, "ct-1", "ct_yearly", before - DAY)
    with pytest.raises(RefusedError, match="did you mean 'ct_yearly'"), house.change(T0) as tx:
        record_done(tx, "ct-1", "ct_yearl", before)
    house.planner.round(T0 + MINUTE)
    one = waiting(house, "ct_yearly")
    assert 0 <= one.due_at - (before + 365 * DAY) < 2 * DAY


def test_use_brings_the_service_of_the_tube_forward(house: House) -> None:
    house.planner.round(T0)
    assert waiting(house, "ct_half_yearly").due_by == "calendar"
    for hour in range(0, 10 * 24, 6):  # 4,800 scan-seconds a day
        house.read("ct-1", "tube_scan_s", 500_000 + hour * 200.0, T0 + hour * HOUR)
    now = T0 + 10 * DAY
    house.planner.round(now)
    one = waiting(house, "ct_half_yearly")
    assert one.due_by == "use"
    assert one.due_at == pytest.approx(T0 + 100_000 / 4_800 * DAY, abs=DAY)


@pytest.mark.parametrize("typed", [[], [(0, 500_000)], [(0, 500_000), (9, 501_000)]])
def test_where_the_console_tells_nothing_dicom_counts_the_scan_seconds(
    house: House, typed: list[tuple[int, float]]
) -> None:
    """What somebody typed once or twice is of the same seconds, and has missed most of them."""
    house.planner.round(T0)
    for hour in range(0, 10 * 24, 6):
        house.read("ct-1", "scan_seconds", hour * 200.0, T0 + hour * HOUR, "dicom")
    for day, value in typed:
        house.read("ct-1", "tube_scan_s", value, T0 + day * DAY)
    house.planner.round(T0 + 10 * DAY)
    task = waiting(house, "ct_half_yearly")
    assert task.due_by == "use"
    assert task.due_at == pytest.approx(T0 + 100_000 / 4_800 * DAY, abs=DAY)


def alert(house: House, rule: str, at: int) -> None:
    """An alert on the CBCT fires and goes on."""
    words = {"title": "It draws more", "severity": "warning", "metric": "mains_power_w"}
    with house.write(at, "engine") as db:
        db.add(
            Alert(
                device="cbct-1",
                component="",
                rule=rule,
                state="firing",
                began_at=at,
                fired_at=at,
                **words,  # type: ignore[arg-type]
            )
        )


def test_a_detector_s_alert_makes_it_due_now_and_once(house: House) -> None:
    house.planner.round(T0)
    fired = T0 + 3 * DAY
    alert(house, "power_drifts", fired)
    numbers = house.planner.round(fired)
    one = waiting(house, "filter", "cbct-1")
    assert (one.due_at, one.due_by) == (fired, "condition")
    with house.look() as db:
        order = order_rows.order_of_task(db, one.id)
    assert order is not None
    assert order.id in numbers
    done(house, order.id, fired + HOUR)
    house.planner.round(fired + DAY)
    after = waiting(house, "filter", "cbct-1")
    assert after.due_by == "calendar", "the work has answered the alert"
    assert after.due_at > fired + 27 * DAY


def test_an_alert_that_fired_before_the_first_count_and_still_fires_counts(house: House) -> None:
    alert(house, "power_drifts", T0 - 3 * DAY)
    numbers = house.planner.round(T0)
    house.planner.round(T0 + HOUR)
    one = waiting(house, "filter", "cbct-1")
    assert (one.due_at, one.due_by) == (T0 + 1, "condition")
    numbers += house.planner.round(T0 + 2 * HOUR)
    with house.look() as db:
        order = order_rows.order_of_task(db, one.id)
    assert order is not None
    assert order.id in numbers
    done(house, order.id, T0 + DAY)
    house.planner.round(T0 + DAY + HOUR)
    assert waiting(house, "filter", "cbct-1").due_by == "calendar"


def test_what_was_missed_is_still_asked_for_and_what_was_skipped_is_not(house: House) -> None:
    alert(house, "power_drifts", T0 - 3 * DAY)
    house.planner.round(T0)
    house.planner.round(T0 + 60 * DAY)
    one = waiting(house, "filter", "cbct-1")
    assert (one.counted_from > T0, one.due_by) == (True, "condition")
    with house.change(T0 + 60 * DAY + HOUR) as tx:
        skip(tx, one.id, "other", "the part comes next month")
    house.planner.round(T0 + 60 * DAY + 2 * HOUR)
    assert waiting(house, "filter", "cbct-1").due_by == "calendar"


@pytest.mark.parametrize("rule", ["no_power", "power_sensor"])
def test_a_limit_s_alert_or_a_broken_sensor_brings_nothing_forward(house: House, rule: str) -> None:
    house.planner.round(T0)
    alert(house, rule, T0 + DAY)
    house.planner.round(T0 + DAY)
    assert waiting(house, "filter", "cbct-1").due_by == "calendar"


def scans(end: int) -> list[Reading]:
    """A CT that is busy in all hours of work but on Mondays from one o'clock on."""
    chance = random.Random(3)
    found, total = [], 0.0
    for when in range(T0, end, HOUR):
        moment = from_ms(when, KABUL)
        is_open = moment.strftime("%a") != "Fri" and 8 <= moment.hour < 20
        is_free = moment.strftime("%a") == "Mon" and moment.hour >= 13
        found.append(Reading("ct-1", "tube_scan_s", total, when))
        total += chance.uniform(50, 99) if is_open and not is_free else 0
        found.append(Reading("ct-1", "tube_scan_s", total, when + 50 * MINUTE))
    return found


def test_long_work_is_planned_when_the_device_is_free_and_never_on_a_friday(house: House) -> None:
    house.planner.round(T0)
    opens = waiting(house, "ct_monthly").opens_at
    house.writer.append([Batch(scans(opens))])
    house.planner.round(opens)
    one = waiting(house, "ct_monthly")
    assert one.planned_at is not None
    assert from_ms(one.planned_at, KABUL).strftime("%a %H:%M") == "Mon 13:00"
    assert one.opens_at <= one.planned_at <= one.late_at


def test_a_short_look_is_planned_when_it_is_due(house: House) -> None:
    house.planner.round(T0)
    due = waiting(house, "ct_daily").due_at
    house.planner.round(due)
    assert waiting(house, "ct_daily").planned_at == due
