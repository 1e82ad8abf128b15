"""Each rule on a timeline: what was read when, and where the alert stood then."""

from dataclasses import replace
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from alerts.evaluation.engine import AlertEngine
from alerts.evaluation.judge import OK, RuleState
from alerts.evaluation.limit import judge_limit
from core.readings import Batch, Reading
from core.schema.load import load_site
from core.schema.rules.limit import LimitRule
from core.time.clock import MINUTE
from core.vocabulary.readings import Quality
from storage.records import ManualReading, Records
from storage.records import alerts as alert_rows
from storage.series import SeriesReader, SeriesWriter
from tests.alerts.conftest import Centre, at
from tests.storage.tables import made


def test_helium_must_stay_low_for_ten_minutes_before_it_fires(centre: Centre) -> None:
    centre.read("helium_level_pct", 61.0, 0)
    assert centre.state("helium_low") == "ok"
    centre.read("helium_level_pct", 58.0, 1)
    centre.read("helium_level_pct", 57.5, 10)
    assert centre.state("helium_low") == "pending"
    centre.read("helium_level_pct", 57.4, 11)
    assert centre.state("helium_low") == "firing"
    [alert] = centre.alerts()
    assert (alert.began_at, alert.fired_at, alert.value) == (at(1), at(11), 57.4)


def test_a_good_reading_while_pending_begins_the_count_anew(centre: Centre) -> None:
    centre.read("helium_level_pct", 58.0, 0)
    centre.read("helium_level_pct", 60.5, 9)
    assert centre.alerts() == []
    centre.read("helium_level_pct", 58.0, 10)
    centre.read("helium_level_pct", 58.0, 19)
    assert centre.state("helium_low") == "pending"


def test_a_firing_alert_ends_only_past_its_clear_limit(centre: Centre) -> None:
    centre.read("helium_level_pct", 58.0, 0)
    centre.read("helium_level_pct", 58.0, 10)
    centre.read("helium_level_pct", 61.9, 20)
    assert centre.state("helium_low") == "firing"
    centre.read("helium_level_pct", 62.0, 30)
    assert centre.state("helium_low") == "ok"
    [alert] = centre.alerts()
    assert alert.ended_at == at(30)


def test_an_alert_remembers_its_worst_value_not_its_last(centre: Centre) -> None:
    for value, minute in ((58.0, 0), (55.5, 10), (57.0, 20), (70.0, 30)):
        centre.read("helium_level_pct", value, minute)
    [alert] = centre.alerts()
    assert (alert.value, alert.ended_at) == (55.5, at(30))


def test_whatever_comes_and_goes_within_a_page_of_the_journal_is_judged(centre: Centre) -> None:
    """Pending, gone, pending, firing, over, firing: the open-alert index must hold throughout."""
    engine, centre.engine = centre.engine, _Stopped()  # type: ignore[assignment]
    story = [(58, 0), (61, 1), (58, 2), (61, 3), (58, 4), (58, 14), (63, 15), (58, 16), (58, 26)]
    for value, minute in story:
        centre.read("helium_level_pct", value, minute)
        centre.read("leak", minute % 2, minute)
    centre.engine = engine
    assert centre.engine.step()
    assert not centre.engine.step()
    assert centre.state("helium_low") == "firing"
    ended = [alert for alert in centre.alerts() if alert.ended_at]
    assert [(a.rule, a.ended_at) for a in ended if a.rule == "helium_low"] == [
        ("helium_low", at(15))
    ]
    assert sum(alert.rule == "leak" for alert in centre.alerts()) == 3


def test_a_rule_without_a_hold_fires_at_the_first_reading(centre: Centre) -> None:
    centre.read("leak", 1, 0)
    assert centre.state("leak") == "firing"
    assert centre.state("leak", "mri-3") == "ok"


def test_pending_survives_a_restart(centre: Centre) -> None:
    centre.read("helium_level_pct", 58.0, 0)
    centre.read("helium_level_pct", 58.0, 8)
    centre.restart()
    centre.read("helium_level_pct", 58.0, 10)
    assert centre.state("helium_low") == "firing"


def test_what_was_collected_while_the_engine_was_down_is_judged_as_it_happened(
    centre: Centre,
) -> None:
    readings = [(58.0, 0), (58.0, 10), (63.0, 30), (59.0, 40)]
    engine, centre.engine = centre.engine, _Stopped()  # type: ignore[assignment]
    for value, minute in readings:
        centre.read("helium_level_pct", value, minute)
    centre.engine = engine
    while centre.engine.step():
        pass
    newest, ended = centre.alerts()
    assert (newest.state, newest.began_at) == ("pending", at(40))
    assert (ended.fired_at, ended.ended_at) == (at(10), at(30))


class _Stopped:
    def step(self) -> bool:
        return False


def test_a_late_reading_does_not_turn_time_back(centre: Centre) -> None:
    centre.read("leak", 0, 10)
    centre.read("leak", 1, 5)
    assert centre.state("leak") == "ok"


def test_a_store_that_was_replaced_is_judged_from_its_beginning(centre: Centre) -> None:
    for minute in range(5):
        centre.read("leak", 0, minute)
    centre.writer.close()
    for path in centre.site.series_path.parent.glob("series.db*"):
        path.unlink()
    centre.writer = SeriesWriter(centre.site.series_path)
    centre.read("leak", 1, 3)
    assert centre.state("leak") == "ok", "older than what was judged"
    centre.read("leak", 1, 6)
    assert centre.state("leak") == "firing"


def test_a_device_that_does_not_answer_fires_after_two_minutes(centre: Centre) -> None:
    for minute in (0, 1, 2):
        centre.read("up", 0, minute)
    assert centre.state("unreachable") == "firing"
    centre.read("up", 1, 3)
    assert centre.state("unreachable") == "ok"


def test_silence_fires_only_while_others_answer(centre: Centre) -> None:
    centre.read("up", 1, 0, "mri-2")
    centre.read("up", 1, 0, "mri-3")
    centre.engine.tick(at(60))
    assert centre.state("silent") == "ok", "the collector itself was down: nobody is accused"
    centre.read("up", 1, 60, "mri-3")
    centre.engine.tick(at(60))
    assert centre.state("silent") == "firing"
    assert centre.state("silent", "mri-3") == "ok"
    centre.read("up", 1, 61, "mri-2")
    centre.engine.tick(at(61))
    assert centre.state("silent") == "ok"


def test_a_device_that_never_answered_is_silent_from_when_it_was_expected(centre: Centre) -> None:
    centre.engine.tick(at(0))
    centre.read("up", 1, 5, "mri-3")
    centre.engine.tick(at(5))
    assert centre.state("silent") == "ok"
    centre.read("up", 1, 12, "mri-3")
    centre.engine.tick(at(12))
    assert centre.state("silent") == "firing"


def test_an_mqtt_source_with_a_part_is_expected_under_the_name_that_it_writes(
    tmp_path: Path,
) -> None:
    (tmp_path / "profiles").mkdir()
    (tmp_path / "profiles" / "door.yaml").write_text(
        "title: Door\nkind: door\nmetrics: {open: {title: Open}}\n"
        "mqtt: {messages: [{topic: 'x/{topic}', values: [{metric: open}]}]}\n"
    )
    (tmp_path / "site.yaml").write_text(
        f"{{id: test, name: Test, zone: Asia/Kabul, storage: {{folder: {tmp_path}}},"
        " broker: {host: 127.0.0.1}, devices: [{id: room-1, name: Room, profile: door, plans: [],"
        " sources: [{kind: mqtt, topic: a, component: door}, {kind: mqtt, topic: b, component: lid}]}]}"
    )
    site = load_site(tmp_path / "site.yaml")
    writer, records = SeriesWriter(site.series_path), made(Records(site.records_url))
    engine = AlertEngine(site, SeriesReader(site.series_path), records)
    for minute in range(30):
        writer.append([Batch([Reading("room-1", "up", 1, at(minute), "door-mqtt")])])
        assert engine.step()
        engine.tick(at(minute))
        with records.reading() as db:
            open_ = [alert.component for alert in alert_rows.open_alerts(db).values()]
        assert open_ == (["lid-mqtt"] if minute >= 10 else [])
    writer.close()
    records.close()


RULE = LimitRule.model_validate(
    {
        "id": "hot",
        "title": "Hot",
        "metric": "tube_temp_c",
        "above": 60.0,
        "clear": 55.0,
        "for": "5m",
        "severity": "error",
        "basis": "engineering",
    }
)


@given(st.lists(st.tuples(st.integers(1, 4), st.floats(50, 65)), max_size=60))
def test_it_fires_exactly_when_every_reading_of_the_hold_was_beyond(
    steps: list[tuple[int, float]],
) -> None:
    state, clock = OK, 0
    seen: list[tuple[int, float]] = []
    for pause, value in steps:
        clock += pause * MINUTE
        seen.append((clock, value))
        before, state = state, judge_limit(RULE, state, value, clock)
        if before.state != "firing" and state.state == "firing":
            held = [v for t, v in seen if t >= state.began_at]
            assert clock - state.began_at >= RULE.hold
            assert all(v > 60 for v in held)
        if before.state == "firing" and state == OK:
            assert value <= 55
        if state.state == "pending":
            assert state == RuleState("pending", state.began_at)
            assert clock - state.began_at < RULE.hold


def revise(centre: Centre, value: float, minute: float, quality: Quality) -> None:
    reading = Reading("mri-2", "helium_level_pct", value, at(minute), "", quality)
    centre.writer.append([Batch([reading])])
    while centre.engine.step():
        pass


def test_a_correction_of_the_newest_reading_is_judged_as_what_was_read(centre: Centre) -> None:
    centre.read("helium_level_pct", 58.0, 0)
    centre.read("helium_level_pct", 5.8, 10)
    assert centre.state("helium_low") == "firing"
    revise(centre, 68.0, 10, "corrected")
    assert centre.state("helium_low") == "ok"


def test_a_correction_of_an_earlier_reading_does_not_turn_time_back(centre: Centre) -> None:
    centre.read("helium_level_pct", 70.0, 0)
    centre.read("helium_level_pct", 70.0, 10)
    revise(centre, 58.0, 0, "corrected")
    assert centre.alerts() == []


def test_what_is_withdrawn_is_not_judged(centre: Centre) -> None:
    centre.read("helium_level_pct", 58.0, 0)
    revise(centre, 58.0, 12, "withdrawn")
    assert centre.state("helium_low") == "pending"


def test_a_correction_that_is_still_wrong_replaces_the_worst_value(centre: Centre) -> None:
    centre.read("leak", 90, 0)
    revise_leak(centre, 7, 0)
    [alert] = centre.alerts()
    assert (alert.state, alert.value) == ("firing", 7)


def revise_leak(centre: Centre, value: float, minute: float) -> None:
    reading = Reading("mri-2", "leak", value, at(minute), "", "corrected")
    centre.writer.append([Batch([reading])])
    while centre.engine.step():
        pass


def test_a_new_rule_judges_what_a_person_measured_last(centre: Centre) -> None:
    with centre.records.writing("ali") as db:
        entered = ManualReading("mri-2", "leak", 1.0, at(0), "ali", at(0))
        db.add(entered)
    device = centre.site.devices["mri-2"]
    rules = [rule for rule in device.profile.rules if rule.id != "leak"]
    bare = replace(device, profile=device.profile.model_copy(update={"rules": rules}))
    with_rule = centre.site
    centre.site = replace(with_rule, devices={**with_rule.devices, "mri-2": bare})
    centre.restart()
    centre.read("leak", 1, 0)
    assert centre.alerts() == []
    centre.site = with_rule
    centre.restart()
    centre.engine.tick(at(60))
    assert centre.state("leak") == "firing"
