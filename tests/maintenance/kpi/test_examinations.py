"""How many examinations a device did is known from its running number, or it is not known at all."""

from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st

from core.readings import Batch, Reading
from core.time.clock import DAY, HOUR, MINUTE
from maintenance.planning.usage import EXAMINATIONS, Examined, examined
from tests.maintenance.cast import KABUL, House, at
from tests.support.examples import examples

JANUARY = (at("2025-01-01 00:00"), at("2025-02-01 00:00"))
FEBRUARY = (at("2025-02-01 00:00"), at("2025-03-01 00:00"))


def read(house: House, *numbers: tuple[str, float]) -> None:
    for when, number in numbers:
        house.read("ct-1", EXAMINATIONS, number, at(when))


def counted(house: House, period: tuple[int, int], device: str = "ct-1") -> Examined | None:
    return examined(house.series, house.site.devices[device], KABUL, period)


def test_a_month_is_what_its_counter_counted_between_the_turns(house: House) -> None:
    read(house, ("2024-12-31 19:50", 5000), ("2025-01-15 12:00", 5260), ("2025-02-01 08:10", 5520))
    read(house, ("2025-03-01 08:10", 6000))
    january = counted(house, JANUARY)
    assert january == (520, (31 * 24 * 60 + 740) / 60)
    february = counted(house, FEBRUARY)
    assert february is not None
    assert february.n == 480


def test_the_evening_before_a_day_off_is_nearer_than_the_evening_after(house: House) -> None:
    """28 February 2025 is a Friday: what Saturday counted belongs to March."""
    read(house, ("2025-01-31 20:00", 100), ("2025-02-27 20:05", 400), ("2025-03-01 20:05", 425))
    assert counted(house, FEBRUARY) == (300, 27 * 24 + 5 / 60)


def test_a_turn_at_which_nobody_read_leaves_both_months_unknown(house: House) -> None:
    read(house, ("2024-12-31 19:50", 5000), ("2025-01-27 20:00", 5300), ("2025-02-05 08:10", 5520))
    read(house, ("2025-02-28 20:00", 6000))
    assert (counted(house, JANUARY), counted(house, FEBRUARY)) == (None, None)
    both = counted(house, (JANUARY[0], FEBRUARY[1]))
    assert both is not None
    assert both.n == 1000


def test_a_counter_that_stood_still_over_the_turn_is_known_there(house: House) -> None:
    read(house, ("2024-12-31 19:50", 5000), ("2025-01-20 20:00", 5300), ("2025-02-12 08:10", 5300))
    read(house, ("2025-02-28 20:00", 5600))
    known = [counted(house, JANUARY), counted(house, FEBRUARY)]
    assert [one.n for one in known if one] == [300, 300]


def test_a_new_console_begins_anew_and_nothing_is_lost(house: House) -> None:
    read(house, ("2024-12-31 20:00", 5000), ("2025-01-14 20:00", 5200), ("2025-01-15 08:00", 0))
    read(house, ("2025-01-31 20:00", 310))
    january = counted(house, JANUARY)
    assert january is not None
    assert january.n == 510


def test_the_number_of_each_month_typed_as_a_running_number_is_not_taken_for_one(
    house: House,
) -> None:
    read(house, ("2024-12-31 20:00", 412), ("2025-01-31 20:00", 398), ("2025-02-28 20:00", 441))
    assert counted(house, JANUARY) is None
    assert counted(house, (JANUARY[0], FEBRUARY[1])) is None


def test_without_readings_or_without_such_a_metric_nothing_is_known(house: House) -> None:
    assert counted(house, JANUARY) is None
    read(house, ("2025-01-10 12:00", 70))
    assert counted(house, JANUARY) is None
    assert counted(house, (JANUARY[1], JANUARY[1])) is None
    house.read("ups-1", EXAMINATIONS, 1, at("2025-01-01 00:00"))
    house.read("ups-1", EXAMINATIONS, 2, at("2025-02-01 00:00"))
    assert counted(house, JANUARY, "ups-1") is None


def test_a_machine_that_tells_by_itself_is_counted_from_what_is_kept_of_it(house: House) -> None:
    """Every ten minutes for four months is more than is read raw: two in each hour of work."""
    start, end = at("2024-12-01 00:00"), at("2025-04-01 00:00")
    number, readings = 0, []
    truth = {}
    for moment in range(start, end, 10 * MINUTE):
        truth[moment] = number
        readings.append(Reading("ct-1", EXAMINATIONS, float(number), moment))
        number += 8 <= (moment - start) % DAY // HOUR < 20 and moment % (30 * MINUTE) == 0
    house.writer.append([Batch(readings)])
    while house.writer.seal(everything=True):
        pass
    for period in (JANUARY, FEBRUARY, (JANUARY[0], FEBRUARY[1])):
        found = counted(house, period)
        assert found is not None
        assert found.n == truth[period[1]] - truth[period[0]]


steps = st.lists(st.tuples(st.integers(1, 60), st.integers(0, 40)), min_size=2, max_size=60)
turns = st.lists(st.integers(0, 1200), min_size=3, max_size=5, unique=True)


@given(steps=steps, turns=turns)
@examples(40)
def test_the_counts_of_adjacent_periods_add_up(
    steps: list[tuple[int, int]], turns: list[int]
) -> None:
    """Whatever was read whenever; hours after the start."""
    with TemporaryDirectory() as folder:
        house = House(Path(folder))
        moment, number = JANUARY[0], 0
        for after, more in steps:
            moment, number = moment + after * HOUR, number + more
            house.read("ct-1", EXAMINATIONS, float(number), moment)
        edges = [JANUARY[0] + hours * HOUR for hours in sorted(turns)]
        parts = [counted(house, pair) for pair in pairwise(edges)]
        whole = counted(house, (edges[0], edges[-1]))
        house.close()
    if None not in parts:
        assert whole is not None
        assert whole.n == sum(part.n for part in parts if part)
        assert whole.n <= number
