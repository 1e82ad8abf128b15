"""Which notice is due when: timelines of one incident, as lines of what happens at which minute."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from alerts.notification.due import (
    LONGEST_REMINDER,
    NoticeClock,
    NoticePolicy,
    audible_alerts,
    due_notice,
)
from core.time.clock import DAY, HOUR, MINUTE, SECOND
from core.vocabulary.severity import Severity
from storage.records import Alert
from storage.records.incidents import Incident, Notice
from tests.support.examples import examples

T0 = 1_795_867_200_000
POLICY = NoticePolicy(dependents=frozenset({"mri-2"}), escalations={1: 30 * MINUTE, 2: 2 * HOUR})
H = 60  # minutes


class Case:
    """One incident, to which things happen and of which every due notice is given."""

    def __init__(self, policy: NoticePolicy = POLICY) -> None:
        self.policy = policy
        self.clock = NoticeClock(T0)
        self.incident = Incident(began_at=T0, cause_id=1)
        self.incident.id = 1
        self.alerts: list[Alert] = []
        self.notices: list[Notice] = []
        self.quiet: dict[int, int] = {}

    def fires(
        self, severity: Severity = "critical", device: str = "ct-1", suppressed_by: str = ""
    ) -> Alert:
        alert = Alert(
            device=device, component="", rule="r", title="t", severity=severity, metric="m",
            state="firing", began_at=self.clock.now, fired_at=self.clock.now,
            suppressed_by=suppressed_by,
        )  # fmt: skip
        alert.id = len(self.alerts) + 1
        self.alerts.append(alert)
        self.incident.ended_at = None
        return alert

    def ends(self, alert: Alert) -> None:
        alert.state, alert.ended_at = "ok", self.clock.now
        if all(other.ended_at is not None for other in self.alerts):
            self.incident.ended_at = self.clock.now

    def acknowledged(self) -> None:
        for alert in self.alerts:
            if alert.ended_at is None:
                alert.acknowledged_at = self.clock.now

    def look(self) -> list[str]:
        """Every notice that is due now is given."""
        given = []
        while due := due_notice(
            self.incident, self.alerts, self.notices, self.clock, self.policy, self.quiet
        ):
            notice = Notice(
                1, kind=due.kind, at=self.clock.now, severity=due.severity, level=due.level
            )
            notice.id = len(self.notices) + 1
            self.notices.append(notice)
            given.append(due.kind if due.kind != "escalation" else f"escalation {due.level}")
            assert len(given) < 9, "it would never end"
        return given

    def at(self, minute: float) -> list[str]:
        self.clock.turn(T0 + int(minute * MINUTE))
        return self.look()

    def over(self, start: float, end: float, step: float = 1) -> list[tuple[float, str]]:
        """All that is given from one minute to another, looked at every `step`."""
        given = []
        for index in range(int((end - start) / step) + 1):
            minute = start + index * step
            given += [(minute, kind) for kind in self.at(minute)]
        return given


def test_what_is_critical_and_depends_on_nothing_does_not_wait() -> None:
    case = Case()
    case.fires()
    assert case.at(0) == ["fired"]
    assert case.at(0.1) == []


@pytest.mark.parametrize(("severity", "device"), [("error", "ct-1"), ("critical", "mri-2")])
def test_what_may_be_a_symptom_waits_for_its_cause(severity: Severity, device: str) -> None:
    case = Case()
    case.fires(severity, device)
    assert case.at(0) == case.at(0.49) == []
    assert case.at(0.5) == ["fired"]


def test_a_cause_gathers_its_symptoms_in_one_notice_of_the_worst_severity() -> None:
    case = Case()
    case.fires("error")
    case.fires("critical", "mri-2", suppressed_by="ct-1")
    assert case.at(1) == ["fired"]
    assert case.notices[0].severity == "critical"


def test_what_a_cause_explains_makes_no_noise_by_itself() -> None:
    case = Case()
    cause = case.fires("error")
    cause.suppressed_by = "window 12"
    case.fires("critical", suppressed_by="ct-1")
    assert case.over(0, 3 * H) == []


def test_reminders_go_slower_and_slower_until_somebody_acknowledges() -> None:
    case = Case(NoticePolicy())
    case.fires()
    given = case.over(0, 96 * H, 10)
    assert [minute / H for minute, kind in given if kind == "reminder"] == [1, 3, 7, 15, 31, 55, 79]
    case.acknowledged()
    assert case.over(96 * H + 1, 119 * H, 10) == []


def test_a_warning_is_not_repeated() -> None:
    case = Case(NoticePolicy())
    case.fires("warning")
    assert [kind for _, kind in case.over(0, 72 * H, 30)] == ["fired"]


def test_nobody_acknowledges_and_it_escalates_level_by_level() -> None:
    case = Case()
    case.fires()
    given = [entry for entry in case.over(0, 4 * H) if "escalation" in entry[1]]
    assert given == [(30, "escalation 1"), (2 * H, "escalation 2")]


def test_a_warning_escalates_too_where_its_route_says_so() -> None:
    case = Case()
    case.fires("warning")
    assert "escalation 1" in [kind for _, kind in case.over(0, H)]


def test_the_machine_slept_past_both_levels_and_each_is_given() -> None:
    case = Case()
    case.fires()
    case.at(0)
    assert case.at(5 * H) == ["escalation 1", "escalation 2", "reminder"]


def test_acknowledged_is_until_it_is_worse() -> None:
    case = Case()
    case.fires("warning")
    case.at(1)
    case.acknowledged()
    assert case.over(2, 10) == []
    case.fires("critical", "mri-2")
    assert case.at(11) == ["worse"]
    assert case.notices[-1].severity == "critical"
    assert (41, "escalation 1") in case.over(12, H)


def test_each_step_for_the_worse_is_given_once() -> None:
    case = Case()
    case.fires("info")
    kinds = case.at(1)
    for minute, severity in enumerate(("warning", "error", "critical", "critical"), start=2):
        case.fires(severity)  # type: ignore[arg-type]
        kinds += case.at(minute)
    assert kinds == ["fired", "worse", "worse", "worse"]


def test_an_acknowledgement_lapses_after_a_day_while_it_fires() -> None:
    case = Case()
    case.fires()
    case.at(0)
    case.at(5)
    case.acknowledged()
    given = case.over(6, 26 * H)
    assert given[:2] == [(24 * H + 5, "reminder"), (24 * H + 35, "escalation 1")]


def test_over_is_given_once_and_not_of_what_nobody_knew() -> None:
    known, unknown = Case(), Case()
    alert, other = known.fires(), unknown.fires("warning")
    known.at(0)
    unknown.at(0)
    known.ends(alert)
    unknown.ends(other)
    assert known.at(0.2) == ["over"]
    assert known.over(1, 48 * H, H) == []
    assert unknown.over(0.2, 48 * H, H) == []


@pytest.mark.parametrize("quiet", [{"silenced_until": T0 + DAY}, {"suppressed_by": "window 3"}])
def test_it_is_over_even_if_it_is_quiet_at_its_end(quiet: dict[str, Any]) -> None:
    case = Case()
    alert = case.fires()
    case.at(0)
    for name, value in quiet.items():
        setattr(alert, name, value)
    assert case.over(1, 3 * H) == []
    case.ends(alert)
    assert case.at(3 * H + 1) == ["over"]


def test_what_began_in_a_window_is_still_wrong_after_it() -> None:
    case = Case()
    alert = case.fires()
    alert.suppressed_by = "window 3"
    assert case.over(0, 2 * H) == []
    alert.suppressed_by, case.quiet = "", {1: T0 + 2 * HOUR}
    assert case.at(2 * H) == ["still_wrong"]
    assert case.at(2 * H + 1) == []


def test_a_warning_that_was_known_before_the_window_is_repeated_after_it() -> None:
    case = Case(NoticePolicy())
    alert = case.fires("warning")
    case.at(1)
    case.at(10)
    alert.suppressed_by = "window 3"
    alert.suppressed_by, case.quiet = "", {1: T0 + 2 * HOUR}
    assert case.over(2 * H, 6 * H) == [(2 * H, "still_wrong")]


def test_what_began_in_a_silence_is_still_wrong_when_it_expires() -> None:
    case = Case()
    case.fires().silenced_until = T0 + HOUR
    assert case.over(0, H - 1) == []
    assert case.at(H) == ["still_wrong"]


def test_what_a_window_did_not_last_to_has_only_fired() -> None:
    case = Case()
    case.quiet = {1: T0 - MINUTE}
    case.fires()
    assert case.at(0) == ["fired"]


def test_what_its_cause_explained_is_quiet_for_as_long_as_it_is_marked() -> None:
    case = Case(NoticePolicy())
    cause = case.fires("error")
    symptom = case.fires("error", "mri-2", suppressed_by="ct-1")
    case.at(1)
    case.at(10)
    case.ends(cause)
    assert case.at(20) == []
    symptom.suppressed_by = ""
    assert case.over(21, 70) == [(61, "reminder")]


def test_an_incident_that_is_part_of_another_is_quiet() -> None:
    case = Case()
    alert = case.fires()
    case.at(0)
    case.incident.merged_into_id = 7
    assert case.over(0, 3 * H) == []
    case.ends(alert)
    assert case.at(3 * H) == []


def test_what_begins_again_is_given_again() -> None:
    case = Case(NoticePolicy())
    alert = case.fires()
    case.at(0)
    case.ends(alert)
    case.at(1)
    case.fires()
    assert case.at(2) == ["fired"]


@pytest.mark.parametrize("years", [-10, -0.001, 10])
def test_a_clock_that_jumps_and_comes_back_neither_repeats_nor_blinds(years: float) -> None:
    case = Case(NoticePolicy())
    case.fires()
    case.at(0)
    jump = years * 365 * 24 * H
    away = [kind for _, kind in case.over(jump, jump + 30)]
    assert away == (["reminder"] if years > 0 else [])
    assert case.over(1, 59) == []
    again = [minute for minute, kind in case.over(60, 24 * H) if kind == "reminder"]
    assert again, "it reminds again"
    assert again[0] <= 3 * H


def test_what_fired_while_the_clock_was_ahead_is_not_waited_for_for_years() -> None:
    case = Case()
    case.clock.turn(T0 + 3650 * DAY)
    case.fires("warning")
    assert case.at(0) == []
    assert case.at(1) == ["fired"]


def test_a_clock_that_lost_all_it_knew_stands_before_1970() -> None:
    case = Case()
    case.clock.turn(-1000)
    case.fires()
    assert case.look() == ["fired"]
    assert case.look() == []


SEVERITIES: Sequence[Severity] = ("info", "warning", "error", "critical")
MEMBER = st.integers(0, 5)


class AnyLife(RuleBasedStateMachine):
    """Whatever happens to an incident, in any order, looked at after each."""

    def __init__(self) -> None:
        super().__init__()
        self.case = Case()
        self.has_jumped = False
        self.elapsed = 0  # by a clock that never jumps
        self.loud_since: int | None = None
        self.notified_at = 0  # or when the clock jumped, or memory was lost

    def look(self) -> None:
        if self.case.look():
            self.notified_at = self.elapsed
        case, now = self.case, self.case.clock.now
        loud = [a for a in audible_alerts(case.alerts, now) if not a.suppressed_by]
        is_known = all(
            a.acknowledged_at is not None and now < a.acknowledged_at + DAY for a in loud
        )
        if not loud or is_known or case.incident.merged_into_id:
            self.loud_since = None
        elif self.loud_since is None:
            self.loud_since = self.elapsed

    def member(self, index: int) -> Alert | None:
        alerts = [alert for alert in self.case.alerts if alert.ended_at is None]
        return alerts[index % len(alerts)] if alerts else None

    @rule(severity=st.sampled_from(SEVERITIES), device=st.sampled_from(["ct-1", "mri-2"]))
    def fire(self, severity: Severity, device: str) -> None:
        self.case.fires(severity, device)
        self.look()

    @rule(index=MEMBER)
    def end(self, index: int) -> None:
        if alert := self.member(index):
            self.case.ends(alert)
        self.look()

    @rule(index=MEMBER, by=st.sampled_from(["", "window 3", "ups-1"]))
    def suppress(self, index: int, by: str) -> None:
        alert = self.member(index)
        if alert is not None:
            if alert.suppressed_by and not by:
                self.case.quiet[alert.id] = self.case.clock.now
            alert.suppressed_by = by
        self.look()

    @rule(index=MEMBER, hours=st.integers(0, 30))
    def silence(self, index: int, hours: int) -> None:
        if alert := self.member(index):
            alert.silenced_until = self.case.clock.now + hours * HOUR
        self.look()

    @rule()
    def acknowledge(self) -> None:
        self.case.acknowledged()
        self.look()

    @rule(seconds=st.sampled_from([1, 40, 600, 4000, 90_000]))
    def wait(self, seconds: int) -> None:
        self.elapsed += seconds * SECOND
        self.case.clock.turn(self.case.clock.now + seconds * SECOND)
        self.look()

    @rule(days=st.sampled_from([-4000, -1, 1, 4000]))
    def jump(self, days: int) -> None:
        self.notified_at = self.elapsed
        self.has_jumped = True
        self.case.clock.turn(self.case.clock.now + days * DAY)
        self.look()

    @rule()
    def restart(self) -> None:
        self.notified_at = self.elapsed
        self.case.clock = NoticeClock(self.case.clock.now)
        self.look()

    @invariant()
    def first_and_last_take_turns(self) -> None:
        """No over without a beginning, never two beginnings without an over between."""
        is_begun = False
        for notice in self.case.notices:
            if not is_begun:
                assert notice.kind in ("fired", "still_wrong")
            else:
                assert notice.kind != "fired"
            is_begun = notice.kind != "over"
        if self.case.incident.ended_at is not None:
            assert not is_begun, "it has ended and nobody knows"

    @invariant()
    def it_is_never_silent_for_ever(self) -> None:
        now = self.case.clock.now
        if self.loud_since is None:
            return
        audible = audible_alerts(self.case.alerts, now)
        if any(alert.severity in ("error", "critical") for alert in audible):
            silent = self.elapsed - max(self.loud_since, self.notified_at)
            # A time that seemed ahead is believed when it comes, and counted from once more.
            assert silent <= LONGEST_REMINDER * (2 if self.has_jumped else 1)


TestAnyLife = AnyLife.TestCase
TestAnyLife.settings = settings(examples(80), stateful_step_count=40)
