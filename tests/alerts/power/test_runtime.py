"""Minutes left: which estimate is used, and what of a card is not believed."""

from dataclasses import replace

import pytest

from alerts.power.discharge import minutes_when_new
from alerts.power.runtime import Doubt, runtime
from alerts.power.situation import Measured, Sample, UpsState
from core.time.clock import MINUTE

NOW = 1_790_000_000_000
TABLE = ((25.0, 80.0), (50.0, 34.0), (100.0, 12.0))


def number(value: float) -> Measured:
    return Measured(value, NOW)


def discharging(minutes: int, fall: float, card: float | None = None) -> UpsState:
    """On battery for so long, at 50 %, the charge falling from 100."""
    times = [NOW - step * MINUTE // 2 for step in range(2 * minutes, -1, -1)]
    charges = [Sample(at, float(round(100 - fall * (at - times[0]) / MINUTE))) for at in times]
    return UpsState(
        "ups-1", is_on_battery=True, since=times[0], read_at=NOW, charges=tuple(charges),
        charge_pct=number(charges[-1].value), load_pct=number(50),
        load_history=tuple(Sample(at, 50.0) for at in times),
        card_min=Measured() if card is None else number(card),
    )  # fmt: skip


def on_mains(card: float | None, charge: float = 100, load: float = 50) -> UpsState:
    return UpsState(
        "ups-1", is_on_battery=False, read_at=NOW, charge_pct=number(charge),
        load_pct=number(load), card_min=Measured() if card is None else number(card),
        age_share=0.0, table=TABLE,
    )  # fmt: skip


@pytest.mark.parametrize(
    "card",
    # A sentinel of RFC 1628 cards; 65,535 s below a tenth of the load (nut #731); 999 min for ever
    # (pve-ups #32); 0 at full charge (nut #2190); an OID in other units (centreon #294).
    [-1, 65_535, 65_535 / 60, 999, 0, 32_767, 540_600],
)
def test_a_number_that_cannot_be_true_is_not_believed(card: float) -> None:
    left = runtime(on_mains(card), NOW)
    assert (left.used, left.minutes) == ("stated", 34)
    assert "card_impossible" in left.doubts
    assert left.card == card, "it is shown all the same"


def test_nothing_but_a_card_that_cannot_be_true_is_unknown() -> None:
    left = runtime(replace(on_mains(-1), table=()), NOW)
    assert (left.used, left.minutes, left.low, left.high) == ("unknown", None, None, None)


def test_an_empty_battery_may_say_nought() -> None:
    left = runtime(replace(on_mains(0, charge=3), table=()), NOW)
    assert (left.used, left.minutes) == ("card", 0)


def test_a_card_that_says_more_than_a_new_battery_could_is_not_used() -> None:
    left = runtime(on_mains(90), NOW)
    assert (left.used, left.minutes) == ("stated", 34)
    assert "card_disagrees" in left.doubts


def test_a_card_that_says_less_than_the_table_may_know_of_a_fault() -> None:
    assert runtime(on_mains(9), NOW).used == "card"


@pytest.mark.parametrize(("card", "doubt"), [(60.0, "card_disagrees"), (None, "card_silent")])
def test_what_the_charge_has_shown_goes_before_the_card(card: float | None, doubt: Doubt) -> None:
    left = runtime(discharging(8, 5.0, card), NOW)
    assert left.used == "observed"
    assert left.minutes == pytest.approx(12, abs=1)
    assert doubt in left.doubts


def test_a_card_that_stands_still_is_stuck() -> None:
    ups = discharging(8, 0.5, 30)
    history = tuple(Sample(sample.at, 30.0) for sample in ups.charges)
    assert "card_stuck" in runtime(replace(ups, card_history=history), NOW).doubts
    moving = tuple(Sample(s.at, 30.0 + (NOW - s.at) // MINUTE) for s in ups.charges)
    assert "card_stuck" not in runtime(replace(ups, card_history=moving), NOW).doubts


def test_age_takes_a_fifth_in_a_life() -> None:
    at_end = runtime(replace(on_mains(None), age_share=1.0), NOW)
    assert at_end.minutes == pytest.approx(34 * 0.8)
    older = runtime(replace(on_mains(None), age_share=1.5), NOW)
    assert "old_battery" in older.doubts
    unknown = runtime(replace(on_mains(None), age_share=None), NOW)
    assert "no_age" in unknown.doubts


def test_half_the_load_lasts_more_than_twice_as_long() -> None:
    assert minutes_when_new([(100.0, 12.0)], 50) > 24
    assert minutes_when_new(TABLE, 50) == 34
    assert 34 < minutes_when_new(TABLE, 40) < 80
    assert minutes_when_new(TABLE, 1) < 80 * 25, "the UPS takes some itself"


def test_a_load_that_fell_is_reckoned_from_the_level_before() -> None:
    ups = discharging(10, 5.0)
    lighter = replace(ups, load_pct=number(25.0), table=TABLE,
                      load_history=(*ups.load_history[:-1], Sample(NOW, 25.0)))  # fmt: skip
    same = replace(ups, table=TABLE)
    assert (runtime(lighter, NOW).minutes or 0) > 2 * (runtime(same, NOW).minutes or 0) * 0.9
