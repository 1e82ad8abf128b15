"""A cut from its first minute until all is back, through the real stores."""

import pytest

from alerts.power import changed, fingerprint, power_lines
from alerts.power.plan import Action, PowerPlan, Stop
from core.readings import Reading
from dashboard import i18n
from tests.alerts.power.centre import PowerCentre, at, every_half


def stop_of(plan: PowerPlan, device: str) -> Stop:
    return next(stop for stop in plan.ups[0].stops if stop.device == device)


def lines(power: PowerCentre, plan: PowerPlan) -> str:
    return "\n".join(power_lines(plan, power.site))


def test_with_the_mains_it_says_what_would_be(power: PowerCentre) -> None:
    power.ups(every_half(-10, 0), battery=False, card=40)
    power.plug(every_half(-10, 0), "ct-1", 1000)
    plan = power.plan(0)
    assert (plan.mains, plan.ups[0].mode, plan.ups[0].left.used) == ("on", "mains", "card")
    assert plan.ups[0].left.minutes == 40
    assert stop_of(plan, "ct-1").action == "stop"
    assert not stop_of(plan, "ct-1").is_now
    assert "The mains is there. This would be if it failed now" in lines(power, plan)
    assert "When the mains is back, wait 10 min" in lines(power, plan)
    scanner = next(each for each in plan.restarts if each.device == "ct-1")
    assert scanner.usable_min == scanner.start_min + 30, "it is on now, and would be off by then"


def test_a_cut_names_who_runs_on_what_since_when(power: PowerCentre) -> None:
    power.ups(every_half(-10, -0.5), battery=False, card=40)
    power.ups(every_half(0, 2), battery=True, fall=2.5, card=40)
    plan = power.plan(2)
    assert (plan.mains, plan.cut_at, plan.ups[0].since) == ("cut", at(0), at(0))
    assert "UPS runs on its battery since 18:43" in lines(power, plan)


def test_an_examination_that_can_end_goes_on_and_the_idle_are_stopped_for_it(
    power: PowerCentre,
) -> None:
    power.ups(every_half(-10, -0.5), battery=False, load=50)
    power.ups(every_half(0, 6), battery=True, charge=50, fall=3.0, load=50, card=16)
    power.plug(every_half(-10, 6), "ct-1", 1000)
    for minute in range(-6, 7, 2):
        power.event(minute, "mri-1", "scan_started")
    plan = power.plan(6)
    mri = stop_of(plan, "mri-1")
    assert mri.action in ("finish", "risky")
    assert mri.ends_at == at(6 + 25 - 12), "25 min is usual, 12 of them are over"
    assert stop_of(plan, "ct-1").is_now
    assert (stop_of(plan, "ct-1").buys_min or 0) > 0
    assert plan.ups[0].stops[0].device == "ct-1", (
        "who runs no examination and takes most goes first"
    )


@pytest.mark.parametrize(("fall", "action"), [(0.5, "finish"), (4.0, "risky"), (9.0, "give_up")])
def test_only_what_cannot_end_is_given_up(power: PowerCentre, fall: float, action: Action) -> None:
    power.ups(every_half(-10, -0.5), battery=False, load=40)
    power.ups(every_half(0, 4), battery=True, charge=60, fall=fall, load=40)
    for minute in range(-4, 5, 2):
        power.event(minute, "mri-1", "scan_started")
    assert stop_of(power.plan(4), "mri-1").action == action


def test_nothing_is_given_up_while_the_generator_may_still_start(power: PowerCentre) -> None:
    power.ups(every_half(-10, -0.5), battery=False, load=40, card=4)
    power.ups(every_half(0, 3), battery=True, charge=20, fall=5, load=40, card=4)
    power.read(1, "generator-1", generator_running=0, fuel_level_pct=80)
    for minute in range(-4, 4, 2):
        power.event(minute, "mri-1", "scan_started")
    early, late = power.plan(1), power.plan(3)
    assert early.generators[0].state == "expected"
    assert stop_of(early, "mri-1").action == "risky"
    assert late.generators[0].state == "failed"
    assert stop_of(late, "mri-1").action == "give_up"
    assert "Generator has not started: do not count on it" in lines(power, late)


def test_a_generator_carries_until_its_fuel_is_used_up(power: PowerCentre) -> None:
    power.ups(every_half(0, 1), battery=True)
    power.ups(every_half(1.5, 10), battery=False)
    power.read(1, "transfer-1", on_generator=1)
    power.read(9, "generator-1", generator_running=1, fuel_level_pct=50)
    plan = power.plan(10)
    assert (plan.mains, plan.cut_at, plan.ups[0].mode) == ("cut", at(0), "generator")
    assert plan.generators[0].dry_at == at(10 + 300), "50 of 100 l, 10 l an hour"
    power.ups(every_half(310, 311), battery=True)
    power.read(310, "transfer-1", on_generator=0)
    assert power.plan(311).cut_at == at(0), "one cut, whatever carried it"


def test_a_generator_that_the_ups_does_not_take_is_said(power: PowerCentre) -> None:
    power.ups(every_half(0, 5), battery=True)
    power.read(4, "generator-1", generator_running=1)
    plan = power.plan(5)
    assert plan.generators[0].is_refused
    assert "look at the transfer switch" in lines(power, plan)
    assert "how long its fuel lasts is not known" in lines(power, plan)


def test_an_examination_without_its_cooling_is_said(power: PowerCentre) -> None:
    power.ups(every_half(0, 5), battery=True, card=40)
    power.plug(every_half(-10, 5), "ct-1", 3000)
    assert "CT has no cooling: Chiller stands still" in lines(power, power.plan(5))
    power.read(5, "generator-1", generator_running=1)
    assert "has no cooling" not in lines(power, power.plan(5)), "the generator feeds the chiller"


def test_a_silent_ups_is_counted_down_and_said(power: PowerCentre) -> None:
    power.ups(every_half(-5, -0.5), battery=False, card=40)
    power.ups(every_half(0, 2), battery=True, fall=2.5, card=30)
    then, later = power.plan(2), power.plan(12)
    assert then.ups[0].left.minutes is not None
    assert later.ups[0].left.minutes == pytest.approx(then.ups[0].left.minutes - 10)
    assert later.ups[0].mode == "battery"
    assert "Nothing was read of UPS since 18:45: its minutes are counted down" in lines(
        power, later
    )


def test_a_ups_that_was_silent_before_the_cut_is_not_known(power: PowerCentre) -> None:
    power.ups(every_half(-60, -50), battery=False, card=40)
    plan = power.plan(0)
    assert (plan.mains, plan.ups[0].mode) == ("unknown", "unknown")
    assert "its state is not known" in lines(power, plan)


def test_nothing_was_ever_read(power: PowerCentre) -> None:
    plan = power.plan(0)
    assert plan.ups[0].left.minutes is None
    assert "Nothing was ever read of UPS" in lines(power, plan)


def test_a_reading_from_2036_says_nothing_of_now(power: PowerCentre) -> None:
    power.ups(every_half(-5, 0), battery=False, card=40)
    power.batch([Reading("ups-1", "output_source", 5.0, at(60 * 24 * 365 * 10))])
    power.batch([Reading("ups-1", "runtime_remaining_min", 1.0, at(60 * 24 * 365 * 10))])
    plan = power.plan(0)
    assert (plan.mains, plan.ups[0].left.card) == ("on", 40)


def test_a_card_that_counts_seconds_only_is_understood(power: PowerCentre) -> None:
    power.read(-1, "ups-1", on_battery_s=0, battery_charge_pct=100)
    power.read(0, "ups-1", on_battery_s=12, battery_charge_pct=99)
    assert power.plan(0).ups[0].since == at(0)


def test_who_starts_again_in_which_order_and_when(power: PowerCentre) -> None:
    power.ups(every_half(0, 30), battery=True, fall=1)
    power.ups(every_half(30.5, 35), battery=False)
    power.plug(every_half(-5, 4), "ct-1", 1000)
    power.plug([*every_half(5, 35)], "ct-1", 0)
    plan = power.plan(35)
    assert (plan.mains, plan.back_at, plan.steady_at) == ("on", at(30.5), at(40.5))
    order = {each.device: each for each in plan.restarts}
    assert plan.restarts[0].device == "chiller-1"
    assert order["ct-1"].waits_for == ("chiller-1",)
    assert order["ct-1"].start_min >= 15, "the chiller takes 15 min"
    assert order["ct-1"].usable_min == order["ct-1"].start_min + 30
    assert order["mri-1"].is_settling_unknown
    assert "MRI: usable when its temperature stands; nothing measures it" in lines(power, plan)


def test_a_magnet_that_cooled_is_usable_when_it_has_stood_for_four_hours(
    power: PowerCentre,
) -> None:
    minutes = range(-24 * 60, 60, 5)
    power.batch(
        Reading("mri-1", "magnet_temp_c", 32.0 if m < 0 else 32.0 - 0.004 * m, at(m))
        for m in minutes
    )
    power.ups(every_half(0, 59), battery=True)
    power.ups(every_half(59.5, 60), battery=False)
    mri = next(each for each in power.plan(60).restarts if each.device == "mri-1")
    # 0.24 K off and still going, 0.28 when its heating has come through after ten minutes; two hours of time
    # constant: 0.14 K/h falls to 0.01 in 2 h * ln 14, then four hours.
    assert mri.settling_min == pytest.approx(10 + 120 * 2.64 + 240, abs=15)


def test_a_second_cut_begins_anew(power: PowerCentre) -> None:
    power.ups(every_half(0, 5), battery=True, fall=2)
    power.ups(every_half(5.5, 8), battery=False, charge=90)
    power.ups(every_half(8.5, 9), battery=True, charge=90)
    plan = power.plan(9)
    assert (plan.mains, plan.ups[0].since, plan.cut_at) == ("cut", at(8.5), at(8.5))


def test_it_is_told_once_then_when_something_has_changed(power: PowerCentre) -> None:
    power.ups(every_half(-5, -0.5), battery=False, card=40)
    power.ups(every_half(0, 30), battery=True, fall=2.5, card=40)
    before = fingerprint(power.plan(4))
    assert changed(None, power.plan(4))
    assert not any(changed(before, power.plan(minute)) for minute in range(5, 20))
    power.read(20, "generator-1", generator_running=1)
    assert changed(before, power.plan(20))
    assert changed("no fingerprint", power.plan(4))


def test_every_sentence_has_its_dari(power: PowerCentre) -> None:
    dari = i18n.catalogue("fa")

    power.ups(every_half(0, 6), battery=True, fall=9, card=0)
    power.event(5, "mri-1", "scan_started")
    english = power_lines(power.plan(6), power.site)
    translated = power_lines(power.plan(6), power.site, dari.translate)
    assert len(english) == len(translated) > 8
    assert not set(english) & set(translated)
