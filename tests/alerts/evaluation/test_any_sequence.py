"""Whatever happens in whatever order, no rule goes blind and nothing stays open for ever."""

import shutil
import tempfile
from contextlib import AbstractContextManager
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from sqlalchemy import select

from alerts.evaluation.acknowledge import acknowledge
from alerts.evaluation.dependencies import SETTLE
from alerts.evaluation.flapping import QUIET
from alerts.evaluation.window_changes import end_window, silence_alert, work_now
from core.errors import RefusedError
from core.time.clock import DAY, HOUR, MINUTE
from storage.records import Alert, Incident, Transition, Window
from storage.records.transaction import Transaction, transaction
from tests.alerts.evaluation.house import House
from tests.support.examples import examples

# Of each series: a value that is right, and one that is wrong, and the rule that says so.
SERIES: dict[tuple[str, str], tuple[int, int, str]] = {
    ("switch-1", "up"): (1, 0, "unreachable"),
    ("ups-1", "battery"): (0, 1, "on_battery"),
    ("ups-1", "charge"): (90, 10, "charge_low"),
    ("chiller-1", "supply"): (15, 30, "supply_hot"),
    ("ct-1", "tube"): (30, 70, "tube_hot"),
    ("ct-2", "leak"): (0, 1, "leak"),
}
SWITCH = ("switch-1", "up")
SILENT_FOR = 2  # minutes, by its rule
LEAPS = (3 * 60, -3 * 60, -1, 5, 10 * 365 * 24 * 60)  # minutes


class AnySequence(RuleBasedStateMachine):
    """Readings, silences, acknowledgements, windows, restarts and clocks that jump and come back."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.house = House(self.folder, lambda: round(self.true_minute * MINUTE))
        self.true_minute = 0.0
        self.leap = 0
        self.silent_since: float | None = None  # the switch, in true minutes
        self.accusations = 0  # of the switch, so far

    def teardown(self) -> None:
        try:
            self.recover()
            self.fire_again()
        finally:
            self.house.writer.close()
            self.house.records.close()
            shutil.rmtree(self.folder)

    def look(self, minutes: float) -> None:
        """So much time passes, in which every device answers."""
        self.true_minute += minutes
        for device in set(self.house.site.devices) - {"switch-1"}:
            self.house.store(self.true_minute + self.leap, device, "up", 1)
        self.house.look(self.true_minute + self.leap)

    def read(self, key: tuple[str, str], value: float, minutes: float = 0.1) -> None:
        self.true_minute += minutes
        if key == SWITCH and value == 0 and self.silent_since is None:
            self.silent_since = self.true_minute
        self.house.at(self.true_minute + self.leap, *key, value)
        if key == SWITCH and value == 1 and self.leap >= 0:  # by a clock behind it may be no news
            self.silent_since = None

    @rule(
        key=st.sampled_from(list(SERIES)),
        wrong=st.booleans(),
        minutes=st.sampled_from([0.1, 4, 40]),
    )
    def one_reading(self, key: tuple[str, str], wrong: bool, minutes: float) -> None:
        good, bad, _ = SERIES[key]
        self.read(key, bad if wrong else good, minutes)

    @rule(minutes=st.sampled_from([1, 20, 24 * 60]))
    def time_passes(self, minutes: float) -> None:
        self.look(minutes)

    @rule()
    def restart(self) -> None:
        self.house.restart()

    @rule(leap=st.sampled_from(LEAPS))
    def the_clock_jumps_and_comes_back(self, leap: int) -> None:
        self.leap = leap
        self.look(1)
        self.leap = 0
        self.look(1)

    @rule(leap=st.sampled_from(LEAPS), key=st.sampled_from(list(SERIES)), wrong=st.booleans())
    def something_is_read_by_a_clock_that_is_wrong(
        self, leap: int, key: tuple[str, str], wrong: bool
    ) -> None:
        self.leap = leap
        good, bad, _ = SERIES[key]
        self.read(key, bad if wrong else good)
        self.leap = 0
        self.look(1)

    @rule(data=st.data())
    def somebody_acknowledges(self, data: st.DataObject) -> None:
        with self.person() as tx:
            for alert in tx.db.scalars(select(Alert).where(Alert.fired_at.is_not(None))).all()[:1]:
                if alert.ended_at is None:
                    acknowledge(tx, alert.id)

    @rule(hours=st.sampled_from([1, 30]))
    def somebody_silences(self, hours: int) -> None:
        with self.person() as tx:
            for alert in tx.db.scalars(select(Alert).where(Alert.ended_at.is_(None))).all()[:1]:
                if alert.fired_at is not None:
                    silence_alert(tx, alert.id, tx.now + hours * HOUR, "known")

    @rule(device=st.sampled_from(["switch-1", "ups-1", "ct-2"]))
    def somebody_works(self, device: str) -> None:
        with self.person() as tx:
            try:
                work_now(tx, device, 2, "cables")
            except RefusedError:
                assert tx.db.scalars(select(Window)).first() is not None

    @rule()
    def the_work_ends_early(self) -> None:
        with self.person() as tx:
            for window in tx.db.scalars(select(Window)).all():
                if window.starts_at <= tx.now < window.ends_at:
                    end_window(tx, window.id)

    @invariant()
    def what_fired_is_in_an_incident_and_fired_once(self) -> None:
        with self.house.records.reading() as db:
            alerts = db.scalars(select(Alert)).all()
            incidents = {row.id: row for row in db.scalars(select(Incident)).all()}
            for alert in alerts:
                if alert.fired_at is not None:
                    assert alert.incident_id in incidents
                if alert.ended_at is None and alert.incident_id is not None:
                    assert incidents[alert.incident_id].ended_at is None
            rows = db.execute(
                select(Transition.alert_id, Transition.before, Transition.after).order_by(
                    Transition.id
                )
            ).all()
            states = dict[int, str]()
            for number, before, after in rows:
                assert states.get(number, "ok") == before
                assert before != after
                states[number] = after

    @invariant()
    def nothing_fires_for_a_time_that_nobody_observed(self) -> None:
        with self.house.records.reading() as db:
            query = select(Transition.id).join(Alert).where(Transition.after == "firing")
            accusations = len(db.scalars(query.where(Alert.rule == "unreachable")).all())
        if accusations > self.accusations:
            self.accusations = accusations
            assert self.silent_since is not None
            assert self.true_minute - self.silent_since > SILENT_FOR - 0.001

    def recover(self) -> None:
        """All is well for long enough: whatever stood open is over."""
        for _ in range(3):
            for key, (good, _, _) in SERIES.items():
                self.read(key, good, 1)
        self.look(QUIET / MINUTE)
        for key, (good, _, _) in SERIES.items():
            self.read(key, good)
        self.look(max(QUIET, SETTLE) / MINUTE)
        self.read(("switch-1", "up"), 1, 1)
        self.look(1)
        with self.house.records.reading() as db:
            is_open = [
                (alert.device, alert.rule)
                for alert in db.scalars(select(Alert).where(Alert.ended_at.is_(None)))
            ]
            assert is_open == []
            left = db.scalars(select(Incident).where(Incident.ended_at.is_(None))).all()
            assert left == []

    def fire_again(self) -> None:
        """No rule is blind: each fires within its hold, and is told when all windows have ended."""
        self.look(2 * DAY / MINUTE)
        for _ in range(3):
            for key, (_, wrong, _) in SERIES.items():
                self.read(key, wrong, 0.2)
            self.look(1)
        with self.house.records.reading() as db:
            firing = {
                (alert.device, alert.rule)
                for alert in db.scalars(select(Alert).where(Alert.state == "firing"))
            }
        firing = {(device, name) for device, name in firing if name != "silent"}
        assert firing == {(device, name) for (device, _), (_, _, name) in SERIES.items()}

    def person(self) -> AbstractContextManager[Transaction]:
        return transaction(self.house.records, self.house.site, "ali", self.house.now())


TestAnySequence = AnySequence.TestCase
TestAnySequence.settings = settings(examples(15, [HealthCheck.too_slow]), stateful_step_count=25)
