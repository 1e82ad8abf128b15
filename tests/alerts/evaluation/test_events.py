"""Bursts of events: each counts once and at its own time, and what is over makes nothing fire."""

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.evaluation.events import bursts
from core.errors import ConfigError
from core.readings import Event, Reading
from core.schema.load import load_profile, load_site
from core.schema.rules.events import EventsRule
from core.vocabulary.severity import Severity
from dashboard.components.device.values import rule_list
from tests.alerts.evaluation.small_site import SmallSite, at, write_site
from tests.support.examples import seeds

RULE = "kind: events, event: log_gap, more_than: 3, within: 10m"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[SmallSite]:
    site = SmallSite(tmp_path, RULE)
    site.answer(-1)
    yield site
    site.close()


def event(
    minute: float, text: str = "", kind: str = "log_gap", severity: Severity = "error"
) -> Event:
    return Event("ct-1", kind, text or f"Error at {minute}", at(minute), severity)


def happened(site: SmallSite, *minutes: float) -> str:
    site.store(events=[event(minute) for minute in minutes])
    return site.judge()


def test_it_fires_at_the_event_that_is_too_many_and_ends_when_few_are_left(site: SmallSite) -> None:
    assert [happened(site, minute) for minute in (0, 1, 2)] == ["ok"] * 3
    assert happened(site, 3) == "firing"
    site.answer(9)
    assert site.tick(9) == "firing"
    site.answer(11)
    assert site.tick(11) == "ok"
    [alert] = site.alerts()
    assert (alert.began_at, alert.fired_at, alert.ended_at) == (at(0), at(3), at(10))
    assert (alert.value, alert.limit, alert.metric) == (4, 3, "value_x")


def test_slow_ones_never_fire(site: SmallSite) -> None:
    assert {happened(site, minute) for minute in range(0, 100, 3)} == {"firing", "ok"}
    assert {happened(site, minute) for minute in range(200, 300, 4)} == {"ok"}


def test_the_same_event_twice_counts_once(site: SmallSite) -> None:
    for _ in range(3):
        assert happened(site, 0, 1, 2) == "ok"
    assert happened(site, 3) == "firing"


def test_two_events_of_one_moment_are_two_if_they_say_different_things(site: SmallSite) -> None:
    site.store(events=[event(0, text) for text in "abcd"])
    assert site.judge() == "firing"


def test_other_events_do_not_count(tmp_path: Path) -> None:
    which = 'match: "tube [0-9]", code: "E1.", at_least: warning, component: gantry'
    site = SmallSite(tmp_path, f"kind: events, {which}, more_than: 1, within: 10m")
    right = Event("ct-1", "any", "arc in tube 1", at(0), "error", "gantry", "E11")
    site.store(
        events=[
            right,
            right._replace(at=at(1), text="arc"),
            right._replace(at=at(2), code="XE11"),
            right._replace(at=at(3), severity="info"),
            right._replace(at=at(4), component="console"),
            right._replace(at=at(5), device="ct-2"),
        ]
    )
    assert site.judge("gantry") == "ok"
    site.store(events=[right._replace(at=at(6), severity="warning")])
    assert site.judge("gantry") == "firing"
    site.close()


def test_a_log_that_is_read_from_its_end_is_judged_from_its_beginning(site: SmallSite) -> None:
    assert happened(site, 44, 33, 32, 31, 30, 3, 2, 1, 0) == "ok"
    spans = [(alert.fired_at, alert.ended_at) for alert in site.alerts()]
    assert spans == [(at(3), at(10)), (at(33), at(40))]


def test_what_was_stored_while_the_engine_was_down_is_judged_as_it_happened(
    site: SmallSite,
) -> None:
    for minute in range(60):
        burst = [event(minute + n / 10) for n in range(8)] if minute == 20 else []
        site.store([Reading("ct-1", "up", 1, at(minute), "snmp")], burst)
    site.restart()
    site.judge()
    assert site.tick(60) == "ok"
    [alert] = site.alerts()
    assert (alert.fired_at, alert.ended_at) == (at(20.3), at(30.4))


def test_a_burst_of_a_past_that_has_ended_makes_nothing_fire(site: SmallSite) -> None:
    site.answer(600)
    assert happened(site, 0, 1, 2, 3, 4, 5) == "ok"
    assert happened(site, 589, 590, 590.1, 590.2) == "ok"  # one of four is too old by now
    assert site.alerts() == []
    assert len(site.engine._series.events("ct-1", 0, at(700))) == 10  # but all are kept


def test_late_ones_that_still_count_make_it_fire_at_their_own_times(site: SmallSite) -> None:
    site.answer(10)
    assert happened(site, 9.5) == "ok"
    assert happened(site, 1, 2, 3) == "firing"
    [alert] = site.alerts()
    assert (alert.began_at, alert.fired_at) == (at(1), at(9.5))
    site.answer(11)
    assert site.tick(11) == "ok"
    assert site.alerts()[0].ended_at == at(11)


@pytest.mark.servers  # as long as they take
def test_a_restart_at_any_point_changes_nothing(tmp_path: Path) -> None:
    rng = Random(5)
    minutes = sorted(rng.uniform(0, 300) for _ in range(90))
    spans = []
    for name in ("once", "killed"):
        (tmp_path / name).mkdir()
        site = SmallSite(tmp_path / name, RULE)
        for minute in minutes:
            happened(site, minute)
            site.answer(minute)
            if name == "killed":
                site.restart()
            site.tick(minute)
        spans.append([(alert.began_at, alert.fired_at) for alert in site.alerts()])
        site.close()
    assert spans[0] == spans[1]
    assert len(spans[0]) > 3


def test_time_alone_ends_it_after_a_restart_and_after_another_engine(site: SmallSite) -> None:
    first = site.engine
    site.tick(0)
    site.restart()
    assert happened(site, 0, 1, 2, 3) == "firing"
    site.engine = first
    site.answer(20)
    assert site.tick(20) == "ok"


def test_an_event_from_2036_neither_stays_nor_hides_what_comes(tmp_path: Path) -> None:
    site = SmallSite(tmp_path, "kind: events, event: log_gap, more_than: 0, within: 10m")
    site.now = at(0)
    site.answer(0)
    happened(site, 11 * 365 * 24 * 60)
    site.now = at(1)
    site.answer(1)
    assert site.tick(1) == "ok"
    site.now = at(2)
    assert happened(site, 2) == "firing"
    site.now = at(13)
    site.answer(13)
    assert site.tick(13) == "ok"
    assert all((alert.ended_at or 0) <= at(13) for alert in site.alerts())
    site.close()


def test_a_burst_of_thousands_is_judged_in_a_moment(site: SmallSite) -> None:
    minutes = [n / 1000 for n in range(5000)]
    assert happened(site, *minutes) == "firing"
    assert len(site.alerts()) == 1


@pytest.mark.parametrize("seed", seeds(4))
def test_at_every_tick_it_fires_if_and_only_if_too_many_are_within_the_time(
    site: SmallSite, seed: int
) -> None:
    """Events come late, twice, many at once, and the engine is killed now and then."""
    rng = Random(seed)
    stored, clock = set[int](), 0.0
    for _ in range(60):
        clock += rng.choice([0.1, 1, 4, 12])
        minutes = [clock - rng.choice([0, 0, 1, 5, 9, 30]) for _ in range(rng.choice([0, 1, 1, 3]))]
        stored |= {at(minute) for minute in minutes}
        happened(site, *minutes, *minutes[:1])
        site.answer(clock)
        if rng.random() < 0.3:
            site.restart()
        state = site.tick(clock)
        within = [time for time in stored if at(clock - 10) < time <= at(clock)]
        assert (state == "firing") == (len(within) > 3)
    assert site.alerts()


@pytest.mark.parametrize(
    ("rule", "mistake"),
    [
        (
            "event: log_gab, more_than: 3, within: 10m",
            r"rules\[0\].event: unknown event .*mean 'log_gap'",
        ),
        ("more_than: 3, within: 10m", r"rules\[0\]: .*say which events"),
        ("event: log_gap, more_than: -1, within: 10m", r"rules\[0\].more_than"),
        ("event: log_gap, more_than: 3, within: -10m", r"rules\[0\].within: .*not a duration"),
        ("event: log_gap, more_than: 3, within: 0s", r"rules\[0\].within"),
        ('match: "(", more_than: 3, within: 1m', r"rules\[0\].match: .*not a regular expression"),
        ("at_least: bad, more_than: 3, within: 1m", r"rules\[0\].at_least"),
    ],
)
def test_nonsense_is_refused_with_its_place(tmp_path: Path, rule: str, mistake: str) -> None:
    with pytest.raises(ConfigError, match=mistake):
        load_site(write_site(tmp_path, f"kind: events, {rule}"))


def test_it_is_said_in_words(site: SmallSite) -> None:
    shown = " ".join(rule_list(site.site.devices["ct-1"].profile).split())
    assert "Rule: more than 3 K within 10 min" in shown


def test_a_quench_that_the_magnet_reports_is_an_alert() -> None:
    shipped = load_profile(Path("config/profiles/mri-philips.yaml"))
    [rule] = [own for own in shipped.rules if own.id == "quench"]
    assert isinstance(rule, EventsRule)
    quench = Event("mri-1", "quench", "The magnet reports a quench", at(0), "critical")
    assert rule.counts(quench)
    [burst] = bursts(rule, [quench.at], [quench.at])
    assert burst is not None
    assert "quench_count" in shipped.derived


OWN = {"kind": "events", "id": "rule", "title": "Rule", "severity": "warning", "metric": "value_x"}


@given(
    st.lists(st.integers(0, 60), max_size=40),
    st.lists(st.integers(0, 80), min_size=1, max_size=10),
    st.integers(0, 5),
    st.integers(1, 20),
)
def test_at_each_moment_all_within_the_time_before_it_count(
    times: list[int], moments: list[int], more_than: int, seconds: int
) -> None:
    rule = EventsRule.model_validate(
        {
            **OWN,
            "basis": "engineering",
            "event": "a",
            "more_than": more_than,
            "within": f"{seconds}s",
        }
    )
    times, moments = sorted(time * 1000 for time in times), sorted(m * 1000 for m in moments)
    for moment, burst in zip(moments, bursts(rule, times, moments), strict=True):
        within = [time for time in times if moment - rule.within < time <= moment]
        assert (burst is not None) == (len(within) > more_than)
        if burst is not None:
            assert (burst.events, burst.began_at) == (len(within), within[0])
            assert burst.newest_at == within[-1]
            for later, is_over in ((burst.ends_at - 1, False), (burst.ends_at, True)):
                left = sum(later - rule.within < time for time in within)
                assert (left <= more_than) == is_over
