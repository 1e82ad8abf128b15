"""A clock that jumps, of a device or of this machine, blinds no rule. Every clock here is steered."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from alerts.evaluation.engine import AlertEngine
from alerts.evaluation.watch import Watch
from alerts.notification.delivery import deliver_due
from alerts.notification.notices import NoticeGiver
from core.readings import Batch, Reading
from core.schema.load import load_site
from core.time.clock import DAY, HOUR, MINUTE, SECOND
from storage.records import Delivery, Records, outbox
from storage.records import alerts as alert_rows
from storage.records.deliveries import OUTBOX
from storage.series import SeriesReader, SeriesWriter
from tests.alerts.conftest import PROFILE, SITE, T0, Phone
from tests.storage.tables import made

POLL = 20 * SECOND
HELIUM_LOW = ("mri-2", "helium_low")
YEAR_2036 = 2_085_000_000_000
LEAPS = (3 * HOUR, -3 * HOUR, -HOUR, YEAR_2036 - T0, -T0, 3 * MINUTE, -MINUTE)


class Machine:
    """The engine on a machine whose clock and time are two things; agents are polled each 20 s."""

    def __init__(self, folder: Path, records_url: str) -> None:
        (folder / "records.url").write_text(records_url)
        (folder / "profiles").mkdir()
        (folder / "profiles" / "magnet.yaml").write_text(
            PROFILE + "snmp: {values: [{metric: leak, oid: 1.3.6.1.1}]}\n"
        )
        (folder / "site.yaml").write_text(SITE % (folder, folder / "records.url"))
        self.site = load_site(folder / "site.yaml")
        self.time = T0  # the true one
        self.leap = 0  # by how much this machine's clock is wrong
        self.slept = 0  # for how long the machine was suspended
        self.fast: dict[str, int] = {}  # by how much a device's own clock is
        self.silent: set[str] = set()
        self.levels = dict.fromkeys(self.site.devices, 80.0)
        self.writer = SeriesWriter(self.site.series_path)
        self.records = made(Records(self.site.records_url, now=self.clock))
        self.restart()

    def clock(self) -> int:
        return self.time + self.leap

    def restart(self) -> None:
        series = SeriesReader(self.site.series_path)
        watch = Watch(lambda: self.time - self.slept)
        self.engine = AlertEngine(self.site, series, self.records, watch)

    def read(self, device: str, metric: str, value: float, at: int) -> None:
        component = "snmp" if metric == "up" else ""
        self.writer.append([Batch([Reading(device, metric, value, at, component)])])

    def run(self, duration: int) -> None:
        """So much true time passes: each agent is polled, then the engine judges."""
        for _ in range(0, duration, POLL):
            self.time += POLL
            for device, level in self.levels.items():
                if device not in self.silent:
                    self.read(device, "up", 1, self.clock())
                    at = self.clock() + self.fast.get(device, 0)
                    self.read(device, "helium_level_pct", level, at)
            self.look()

    def look(self) -> None:
        while self.engine.step():
            pass
        self.engine.tick(self.clock())

    def firing(self) -> set[tuple[str, str]]:
        with self.records.reading() as db:
            rows = alert_rows.open_alerts(db).values()
            return {(row.device, row.rule) for row in rows if row.state == "firing"}


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    machine = Machine(tmp_path, f"sqlite:///{tmp_path / 'records.db'}")
    yield machine
    machine.writer.close()
    machine.records.close()


def with_room(machine: Machine, hold: int) -> int:
    """The hold and two polls: what a rule may take."""
    return hold + 2 * POLL


@pytest.mark.parametrize("restarted", [False, True])
@pytest.mark.parametrize("leap", LEAPS)
def test_a_limit_fires_within_its_hold_after_the_clock_leapt_and_came_back(
    machine: Machine, leap: int, restarted: bool
) -> None:
    machine.run(MINUTE)
    machine.leap = leap
    machine.run(MINUTE)
    machine.leap = 0
    if restarted:
        machine.restart()
    machine.levels["mri-2"] = 20.0
    machine.run(10 * MINUTE + 2 * POLL)
    assert machine.firing() == {("mri-2", "helium_low")}
    machine.levels["mri-2"] = 80.0
    machine.run(POLL)
    assert machine.firing() == set()


@pytest.mark.parametrize("leap", LEAPS)
def test_a_limit_fires_within_its_hold_while_the_clock_stays_wrong(
    machine: Machine, leap: int
) -> None:
    machine.run(MINUTE)
    machine.leap = leap
    machine.levels["mri-2"] = 20.0
    machine.run(10 * MINUTE + 2 * POLL)
    assert machine.firing() == {("mri-2", "helium_low")}


@pytest.mark.parametrize("leap", [-HOUR, -3 * HOUR, -T0])
def test_a_clock_that_goes_back_in_the_middle_of_a_hold_costs_one_hold_at_most(
    machine: Machine, leap: int
) -> None:
    machine.levels["mri-2"] = 20.0
    machine.run(5 * MINUTE)
    machine.leap = leap
    machine.run(10 * MINUTE + 2 * POLL)
    assert machine.firing() == {("mri-2", "helium_low")}


@pytest.mark.parametrize(
    ("leap", "restarted"), [(3 * MINUTE, False), (3 * HOUR, True), (YEAR_2036 - T0, False)]
)
def test_no_leap_of_the_clock_makes_fire_what_has_not_lasted(
    machine: Machine, leap: int, restarted: bool
) -> None:
    machine.levels = {"mri-2": 20.0}
    machine.run(8 * MINUTE)
    machine.leap = leap
    if restarted:
        machine.restart()
    machine.run(MINUTE + POLL)
    assert HELIUM_LOW not in machine.firing()
    machine.run(MINUTE + POLL)
    assert HELIUM_LOW in machine.firing()


def test_a_machine_that_slept_counts_its_sleep_for_nothing(machine: Machine) -> None:
    machine.levels = {"mri-2": 20.0}
    machine.run(8 * MINUTE)
    machine.time += 3 * HOUR
    machine.slept = 3 * HOUR
    machine.run(MINUTE + POLL)
    assert HELIUM_LOW not in machine.firing()


def test_what_was_read_before_a_leap_and_is_judged_after_it_has_lasted_no_longer(
    machine: Machine,
) -> None:
    machine.levels = {"mri-2": 80.0}
    machine.run(MINUTE)
    machine.time += SECOND
    machine.read("mri-2", "helium_level_pct", 20.0, machine.clock())
    machine.leap = 3 * HOUR
    machine.levels["mri-2"] = 20.0
    machine.run(9 * MINUTE)
    assert HELIUM_LOW not in machine.firing()
    machine.run(2 * MINUTE)
    assert HELIUM_LOW in machine.firing()


def test_a_leap_that_a_failed_transaction_saw_is_seen_by_the_next(machine: Machine) -> None:
    machine.levels = {"mri-2": 20.0}
    machine.run(8 * MINUTE)
    machine.leap = 3 * HOUR
    with pytest.raises(OSError, match="full"), machine.engine._writing():
        raise OSError("the disk is full")
    machine.run(MINUTE)
    assert HELIUM_LOW not in machine.firing()


@pytest.mark.parametrize("restarted", [False, True])
@pytest.mark.parametrize("leap", LEAPS)
def test_silence_is_noticed_whatever_the_clock_did_and_nobody_else_is_accused(
    machine: Machine, leap: int, restarted: bool
) -> None:
    machine.run(MINUTE)
    machine.leap = leap
    machine.run(MINUTE)
    assert machine.firing() == set()
    machine.leap = 0
    machine.silent.add("mri-2")
    if restarted:
        machine.restart()
    machine.run(MINUTE)
    assert machine.firing() == set()
    machine.run(9 * MINUTE + 2 * POLL)
    assert machine.firing() == {("mri-2", "silent")}


@pytest.mark.parametrize("leap", LEAPS)
def test_a_silence_that_was_noticed_is_not_over_because_the_clock_leapt(
    machine: Machine, leap: int
) -> None:
    machine.run(MINUTE)
    machine.silent.add("mri-2")
    machine.run(11 * MINUTE)
    for machine.leap in (leap, 0):
        machine.run(MINUTE)
        assert machine.firing() == {("mri-2", "silent")}
    machine.silent.clear()
    machine.run(POLL)
    assert machine.firing() == set()


@pytest.mark.parametrize("restarted", [False, True])
def test_a_machine_that_was_suspended_accuses_no_device_of_its_own_sleep(
    machine: Machine, restarted: bool
) -> None:
    machine.run(MINUTE)
    machine.silent.add("mri-2")
    machine.time += 3 * HOUR
    if restarted:
        machine.restart()
    machine.run(9 * MINUTE)
    assert machine.firing() == set()
    machine.run(MINUTE + 2 * POLL)
    assert machine.firing() == {("mri-2", "silent")}


@pytest.mark.parametrize("restarted", [False, True])
@pytest.mark.parametrize("ahead", [4 * MINUTE, 3 * HOUR, YEAR_2036 - T0])
def test_one_reading_from_the_future_hides_nothing_that_comes_after_it(
    machine: Machine, ahead: int, restarted: bool
) -> None:
    machine.run(MINUTE)
    machine.read("mri-2", "leak", 0, machine.clock() + ahead)
    machine.look()
    if restarted:
        machine.restart()
        machine.time += MINUTE
    machine.read("mri-2", "leak", 1, machine.clock() - SECOND)
    machine.look()
    assert machine.firing() == {("mri-2", "leak")}


def test_what_a_reading_from_the_future_shows_is_wrong_now(machine: Machine) -> None:
    machine.read("mri-2", "leak", 1, YEAR_2036)
    machine.look()
    assert machine.firing() == {("mri-2", "leak")}
    with machine.records.reading() as db:
        [alert] = alert_rows.open_alerts(db).values()
    assert (alert.began_at, alert.fired_at) == (T0, T0)


def test_a_device_whose_clock_is_fast_is_judged_like_any_other(machine: Machine) -> None:
    machine.fast["mri-2"] = 4 * MINUTE
    machine.levels["mri-2"] = 20.0
    machine.run(9 * MINUTE)
    assert machine.firing() == set()
    machine.run(MINUTE + 2 * POLL)
    assert machine.firing() == {("mri-2", "helium_low")}


def give_notices(machine: Machine) -> None:
    """A minute later, when what fires has waited for what belongs to it."""
    machine.time += MINUTE
    NoticeGiver(machine.site, machine.records).give_notices(machine.clock())


def test_a_device_that_is_four_minutes_fast_holds_up_nobody_s_messages(machine: Machine) -> None:
    machine.read("mri-2", "leak", 1, machine.clock() + 4 * MINUTE)
    machine.look()
    machine.read("mri-3", "leak", 1, machine.clock())
    machine.look()
    give_notices(machine)
    with machine.records.reading() as db:
        assert set(db.scalars(select(Delivery.next_at))) == {machine.clock()}
    log = Phone()
    assert deliver_due(machine.site, machine.records, {"log": log}, machine.clock) == 2


@pytest.mark.parametrize("leap", [3 * HOUR, DAY])
def test_a_delivery_that_a_clock_ahead_has_written_or_leased_leaves_when_it_is_back(
    machine: Machine, leap: int
) -> None:
    machine.leap = leap
    machine.read("mri-2", "leak", 1, machine.clock())
    machine.look()
    give_notices(machine)
    machine.leap = 0
    with machine.records.reading() as db:
        [(row_id, _)] = outbox.due(db, OUTBOX, machine.clock())
    with machine.records.writing() as db:
        assert outbox.claim(db, OUTBOX, row_id, machine.clock() + leap)
    log = Phone()
    assert deliver_due(machine.site, machine.records, {"log": log}, machine.clock) == 1


def test_an_alert_does_not_end_before_it_began(machine: Machine) -> None:
    machine.leap = 3 * HOUR
    machine.read("mri-2", "leak", 1, machine.clock())
    machine.look()
    machine.leap = 0
    machine.time += MINUTE
    machine.read("mri-2", "leak", 0, machine.clock())
    machine.look()
    with machine.records.reading() as db:
        [alert] = alert_rows.alerts_since(db, 0)
    assert (alert.began_at, alert.fired_at, alert.ended_at) == (T0 + MINUTE,) * 3
