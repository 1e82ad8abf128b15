"""What a person measures is judged like what a source brings: on Rounds, on an order, put right later."""

import pytest

from collectors.manual.parse import parse
from core.errors import RefusedError
from core.schema.site import Site
from core.time.clock import DAY, HOUR, MINUTE
from maintenance.rounds.accepted import Accepted, accepted
from maintenance.rounds.correction import correct_reading, withdraw_reading
from maintenance.rounds.manual_entry import EnteredValue, enter_readings
from maintenance.work_orders.answers import measure, tick
from maintenance.work_orders.completion import complete
from maintenance.work_orders.opening import open_for_alert
from maintenance.work_orders.states import get
from storage.records import Alert, ServiceEvent
from storage.records import alerts as alert_rows
from storage.records import manual_readings as manual_rows
from storage.records import work_orders as order_rows
from tests.maintenance.cast import T0, House
from tests.maintenance.work_orders.cast import answer_all, order_of, planned

WATER, NOISE = "qa_water_ct_number_hu", "qa_water_noise_hu"


def enter(house: House, metric: str, value: float, when: int, device: str = "ct-1") -> int:
    """Typed, collected, judged; the number of the reading."""
    with house.change(when) as tx:
        [row] = enter_readings(tx, device, [EnteredValue(metric, value)], when)
        number = row.id
    collect(house, when)
    return number


def collect(house: House, now: int) -> None:
    with house.look() as db:
        rows = manual_rows.pending_manual_readings(db, 0, 1000)
        waiting = [row for row in rows if row.stored_at is None]
        batch = parse(house.site, waiting)
    house.writer.append([batch])
    with house.write(now) as db:
        for row in waiting:
            db.merge(row).stored_at = now
    house.judge(now)


def alert(house: House, rule: str) -> Alert | None:
    """The open alert of a rule."""
    with house.look() as db:
        found = alert_rows.open_alerts(db).values()
        return next((row for row in found if row.rule == rule), None)


def ended(house: House, rule: str) -> list[Alert]:
    with house.look() as db:
        rows = alert_rows.alerts_since(db, 0)
        return [row for row in rows if row.rule == rule and row.ended_at is not None]


# A phantom on Rounds


def test_a_failed_water_phantom_is_an_alert_until_the_next_one_is_right(house: House) -> None:
    enter(house, WATER, 1.0, T0 - DAY)
    assert alert(house, "water_ct_number_high") is None
    enter(house, WATER, 9.0, T0)
    open_alert = alert(house, "water_ct_number_high")
    assert open_alert is not None
    assert (open_alert.state, open_alert.began_at) == ("firing", T0)
    assert (open_alert.value, open_alert.limit, open_alert.severity) == (9.0, 5.0, "error")
    house.engine.tick(T0 + 30 * DAY)
    assert alert(house, "water_ct_number_high") is not None, "it stands however rarely one measures"
    enter(house, WATER, -2.0, T0 + 31 * DAY)
    assert [row.ended_at for row in ended(house, "water_ct_number_high")] == [T0 + 31 * DAY]


@pytest.mark.parametrize(
    ("value", "fires"), [(5.0, None), (-5.0, None), (5.1, "high"), (-9, "low")]
)
def test_both_ends_of_what_is_accepted_are_accepted(
    house: House, value: float, fires: str | None
) -> None:
    enter(house, WATER, value, T0)
    for side in ("low", "high"):
        assert (alert(house, f"water_ct_number_{side}") is not None) == (side == fires)


def test_an_alert_that_a_typo_fired_ends_when_it_is_corrected(house: House) -> None:
    number = enter(house, WATER, 90.0, T0)
    with house.change(T0 + HOUR) as tx:
        correct_reading(tx, number, 0.9, "the point was lost")
    collect(house, T0 + HOUR)
    assert alert(house, "water_ct_number_high") is None
    [row] = ended(house, "water_ct_number_high")
    assert (row.began_at, row.ended_at) == (T0, T0)


def test_a_correction_for_the_worse_fires(house: House) -> None:
    number = enter(house, WATER, 0.9, T0)
    with house.change(T0 + HOUR) as tx:
        correct_reading(tx, number, 9, "a point too many")
    collect(house, T0 + HOUR)
    assert alert(house, "water_ct_number_high") is not None


def test_after_a_withdrawal_what_was_read_before_counts_again(house: House) -> None:
    enter(house, WATER, 1.0, T0 - DAY)
    wrong = enter(house, WATER, 9.0, T0)
    with house.change(T0 + HOUR) as tx:
        withdraw_reading(tx, wrong, "of the other CT")
    collect(house, T0 + HOUR)
    assert alert(house, "water_ct_number_high") is None
    # Read before what was withdrawn, typed after: it is the newest now.
    enter(house, WATER, 8.0, T0 - HOUR)
    assert alert(house, "water_ct_number_high") is not None


def test_a_withdrawal_of_the_good_one_brings_the_alert_back(house: House) -> None:
    enter(house, WATER, 9.0, T0)
    good = enter(house, WATER, 1.0, T0 + HOUR)
    assert alert(house, "water_ct_number_high") is None
    with house.change(T0 + 2 * HOUR) as tx:
        withdraw_reading(tx, good, "of the other CT")
    collect(house, T0 + 2 * HOUR)
    assert alert(house, "water_ct_number_high") is not None


def test_after_a_withdrawal_a_hold_is_counted_as_if_it_had_not_been(house: House) -> None:
    house.read("ct-1", "gantry_temp_c", 36.0, T0)
    house.judge(T0)
    number = enter(house, "gantry_temp_c", 20.0, T0 + HOUR)
    assert alert(house, "gantry_warm") is None
    with house.change(T0 + 2 * HOUR) as tx:
        withdraw_reading(tx, number, "of the room")
    collect(house, T0 + 2 * HOUR)
    pending = alert(house, "gantry_warm")
    assert pending is not None
    assert (pending.state, pending.began_at) == ("pending", T0)


def test_a_withdrawal_of_the_only_reading_ends_what_it_fired(house: House) -> None:
    number = enter(house, WATER, 9.0, T0)
    with house.change(T0 + HOUR) as tx:
        withdraw_reading(tx, number, "of the other CT")
    collect(house, T0 + HOUR)
    assert alert(house, "water_ct_number_high") is None
    enter(house, WATER, 9.5, T0 - DAY)
    assert alert(house, "water_ct_number_high") is not None, "nothing newer hides it"


def test_yesterdays_round_is_judged_at_its_time_unless_something_newer_is_known(
    house: House,
) -> None:
    with house.change(T0) as tx:
        enter_readings(tx, "ct-1", [EnteredValue(WATER, 9.0)], T0 - DAY)
    collect(house, T0)
    open_alert = alert(house, "water_ct_number_high")
    assert open_alert is not None
    assert open_alert.began_at == T0 - DAY
    enter(house, WATER, 0.0, T0)
    with house.change(T0 + MINUTE) as tx:
        enter_readings(tx, "ct-1", [EnteredValue(WATER, 9.0)], T0 - 2 * DAY)
    collect(house, T0 + MINUTE)
    assert alert(house, "water_ct_number_high") is None


# One limit for all


def test_what_a_person_read_need_not_last_what_a_probe_says_must(house: House) -> None:
    house.read("ct-1", "gantry_temp_c", 36.0, T0)
    house.judge(T0)
    pending = alert(house, "gantry_warm")
    assert pending is not None
    assert pending.state == "pending"
    enter(house, "gantry_temp_c", 36.0, T0 + MINUTE)
    typed = alert(house, "gantry_warm")
    assert typed is not None
    assert typed.state == "firing"


def test_what_is_read_by_hand_now_and_then_is_not_missed(house: House) -> None:
    enter(house, "supply_temp_c", 12.0, T0, "chiller-1")
    house.read("pacs", "up", 1, T0 + 2 * DAY, "snmp")
    house.judge(T0 + 2 * DAY)
    house.engine.tick(T0 + 2 * DAY)
    assert alert(house, "supply_lost") is None


def test_a_source_that_fell_silent_is_missed_though_a_person_reads_meanwhile(house: House) -> None:
    house.read("chiller-1", "supply_temp_c", 12.0, T0)
    house.read("pacs", "up", 1, T0, "snmp")
    house.judge(T0)
    enter(house, "supply_temp_c", 12.5, T0 + 5 * MINUTE, "chiller-1")
    for now in range(T0, T0 + 11 * MINUTE, 15_000):
        house.engine.tick(now)
    house.read("pacs", "up", 1, T0 + 11 * MINUTE, "snmp")
    house.judge(T0 + 11 * MINUTE)
    house.engine.tick(T0 + 11 * MINUTE)
    lost = alert(house, "supply_lost")
    assert lost is not None
    assert lost.began_at == T0


# On an order


def test_an_items_answer_is_judged_and_its_order_is_the_alerts(house: House) -> None:
    number = planned(house, "ct_daily")
    answer_all(house, number, T0 + DAY, water=9.0)
    with house.change(T0 + DAY) as tx:
        [follow_up] = [order.id for order in complete(tx, number)]
    assert order_of(house, follow_up).fault == "water_ct_number_high"
    assert order_of(house, follow_up).title == "Water phantom, mean CT number: 9 HU"
    collect(house, T0 + DAY)
    open_alert = alert(house, "water_ct_number_high")
    assert open_alert is not None
    with house.look() as db:
        assert order_rows.orders_of_alerts(db, [open_alert.id]) == {open_alert.id: follow_up}
        unsigned = order_rows.unsigned_orders_of_alerts(db, [open_alert.id])
        assert [(number, order.id) for number, order in unsigned] == [(open_alert.id, follow_up)]
    is_open = pytest.raises(RefusedError, match=f"order {follow_up} is already open")
    with is_open, house.change(T0 + DAY + HOUR) as tx:
        open_for_alert(tx, open_alert.id)


def test_an_order_that_was_opened_for_the_alert_is_the_failed_items(house: House) -> None:
    enter(house, WATER, 9.0, T0)
    open_alert = alert(house, "water_ct_number_high")
    assert open_alert is not None
    with house.change(T0 + MINUTE) as tx:
        known = open_for_alert(tx, open_alert.id).id
    number = planned(house, "ct_daily")
    answer_all(house, number, T0 + DAY, water=9.0)
    with house.change(T0 + DAY) as tx:
        assert [order.id for order in complete(tx, number)] == [known]


def test_an_order_of_last_month_is_not_the_new_alerts(house: House) -> None:
    number = planned(house, "ct_daily")
    answer_all(house, number, T0 + DAY, water=9.0)
    with house.change(T0 + DAY) as tx:
        [follow_up] = complete(tx, number)
        complete(tx, follow_up.id, result="Calibrated")
    collect(house, T0 + DAY)
    enter(house, WATER, 0.0, T0 + 2 * DAY)
    enter(house, WATER, 9.0, T0 + 30 * DAY)
    open_alert = alert(house, "water_ct_number_high")
    assert open_alert is not None
    with house.look() as db:
        assert order_rows.orders_of_alerts(db, [open_alert.id]) == {}


def test_an_item_that_no_rule_limits_any_more_keeps_its_orders_limits(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = planned(house, "ct_daily")

    def nothing(*_: object) -> Accepted:
        return Accepted()

    monkeypatch.setattr("maintenance.work_orders.answers.accepted", nothing)
    with house.change(T0 + DAY) as tx:
        assert measure(tx, number, "water_ct_number", 9.0).within is False


# A tolerance around the device's own baseline


def of_noise(house: House, now: int) -> Accepted:
    site: Site = house.site
    with house.look() as db:
        return accepted(db, site, site.devices["ct-1"], NOISE, "", now)


def test_a_tolerance_says_that_it_has_no_baseline_yet(house: House) -> None:
    for day in range(4):
        enter(house, NOISE, 10.0, T0 + day * DAY)
        assert (of_noise(house, T0 + day * DAY + 1).known, alert(house, "water_noise_off")) == (
            day + 1, None,
        )  # fmt: skip
    waiting = of_noise(house, T0 + 4 * DAY)
    assert waiting.unset is not None
    assert (waiting.low, waiting.high, waiting.is_limited) == (None, None, True)


def test_a_tolerance_is_of_the_first_readings_and_does_not_follow_a_drift(house: House) -> None:
    for day in range(5):
        enter(house, NOISE, 10.0, T0 + day * DAY)
    rules = of_noise(house, T0 + 5 * DAY)
    assert (rules.low, rules.high, rules.unset) == (8, 12, None)
    for day in range(5, 15):
        enter(house, NOISE, 10 + 0.25 * (day - 5), T0 + day * DAY)
    open_alert = alert(house, "water_noise_off")
    assert open_alert is not None
    assert (open_alert.began_at, open_alert.limit) == (T0 + 14 * DAY, 12)
    enter(house, NOISE, 11.0, T0 + 15 * DAY)
    assert alert(house, "water_noise_off") is None


def test_after_a_service_the_baseline_begins_anew(house: House) -> None:
    for day in range(5):
        enter(house, NOISE, 10.0, T0 + day * DAY)
    enter(house, NOISE, 20.0, T0 + 5 * DAY)
    assert alert(house, "water_noise_off") is not None
    with house.write(T0 + 6 * DAY) as db:
        db.add(ServiceEvent(device="ct-1", at=T0 + 6 * DAY, who="sara", text="new tube"))
    enter(house, NOISE, 20.0, T0 + 7 * DAY)
    assert alert(house, "water_noise_off") is None
    assert of_noise(house, T0 + 8 * DAY).known == 1


def test_a_corrected_reading_of_the_baseline_counts_as_corrected(house: House) -> None:
    numbers = [enter(house, NOISE, 10.0, T0 + day * DAY) for day in range(5)]
    with house.change(T0 + 5 * DAY) as tx:
        correct_reading(tx, numbers[0], 15.0, "misread")
    assert of_noise(house, T0 + 6 * DAY).high == pytest.approx(11 * 1.2), "before it is stored, too"
    collect(house, T0 + 5 * DAY)
    assert of_noise(house, T0 + 6 * DAY).high == pytest.approx(11 * 1.2)


def test_a_checklist_is_judged_by_a_baseline_that_was_set_since_its_order_was_opened(
    house: House,
) -> None:
    number = planned(house, "ct_daily")
    for hour in range(5):
        enter(house, NOISE, 10.0, T0 + DAY + hour * HOUR)
    with house.change(T0 + 2 * DAY) as tx:
        item = measure(tx, number, "water_noise", 15.0)
        assert (item.low, item.high, item.within) == (8, 12, False)
    with house.look() as db:
        assert get(db, number).state != "done"
    with house.change(T0 + 2 * DAY) as tx:
        tick(tx, number, "warm_up", "ok")


def test_a_baseline_of_zero_judges_nothing(house: House) -> None:
    for day in range(5):
        enter(house, NOISE, 0.0, T0 + day * DAY)
    enter(house, NOISE, 0.5, T0 + 5 * DAY)
    rules = of_noise(house, T0 + 6 * DAY)
    assert (rules.low, rules.high, rules.known) == (None, None, 5)
    assert alert(house, "water_noise_off") is None
