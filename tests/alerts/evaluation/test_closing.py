"""An alert that nothing can end any more is closed by a person; one that is still read is not."""

import pytest

from alerts.evaluation.closing import close_alert, closed_by, may_be_closed
from core.errors import RefusedError
from core.readings import Reading
from core.schema.load import load_site
from core.time.clock import DAY, HOUR, MINUTE
from storage.records import Alert, Transition
from storage.records import base as table_rows
from storage.records import cursors as cursor_rows
from storage.records.transaction import transaction
from storage.series import SeriesReader
from tests.alerts.conftest import T0, Centre, at


def close(centre: Centre, alert_id: int, now: int, reason: str = "sensor removed") -> None:
    series = SeriesReader(centre.site.series_path)
    with transaction(centre.records, centre.site, "sara", now) as tx:
        close_alert(tx, alert_id, reason, series)


def refusal(centre: Centre, alert_id: int, now: int, reason: str = "removed") -> str:
    with pytest.raises(RefusedError) as refused:
        close(centre, alert_id, now, reason)
    return str(refused.value)


def leaking(centre: Centre) -> int:
    centre.read("leak", 1, 0)
    return centre.alerts()[0].id


def test_it_ends_with_who_and_why_and_a_transition(centre: Centre) -> None:
    number = leaking(centre)
    close(centre, number, T0 + 2 * HOUR)
    alert = centre.alerts()[0]
    assert (alert.state, alert.ended_at) == ("ok", T0 + 2 * HOUR)
    assert alert.end_reason == "closed by sara: sensor removed"
    assert closed_by(alert.end_reason) == ("sara", "sensor removed")
    assert closed_by("its rule was removed") is None
    with centre.records.reading() as db:
        last = table_rows.all_rows(db, Transition)[-1]
        assert (last.before, last.after, last.at, last.value) == (
            "firing",
            "ok",
            T0 + 2 * HOUR,
            None,
        )


def test_while_it_is_read_it_ends_by_itself(centre: Centre) -> None:
    number = leaking(centre)
    words = "what it watches is still read: the alert ends by itself"
    assert refusal(centre, number, T0 + HOUR - 1) == words
    centre.read("leak", 1, 90)
    assert refusal(centre, number, at(91)) == words
    assert centre.alerts()[0].ended_at is None


def test_what_is_read_of_others_does_not_count(centre: Centre) -> None:
    number = leaking(centre)
    centre.read("helium_level_pct", 80, 119)
    centre.read("leak", 0, 119, device="mri-3")
    close(centre, number, at(120))


def test_a_reading_of_2036_hides_nothing(centre: Centre) -> None:
    number = leaking(centre)
    centre.read("leak", 1, 10 * 365 * 24 * 60)
    close(centre, number, T0 + 2 * HOUR)


def test_what_may_not_be_closed(centre: Centre) -> None:
    number, late = leaking(centre), T0 + 2 * HOUR
    assert refusal(centre, number, late, " \n") == "say why"
    assert "U+0007" in refusal(centre, number, late, "bell\a")
    assert "more than 500" in refusal(centre, number, late, "x" * 501)
    assert refusal(centre, 99, late) == "there is no alert 99 that has fired"
    centre.read("helium_level_pct", 50, 0)
    pending = next(alert.id for alert in centre.alerts() if alert.state == "pending")
    assert "has fired" in refusal(centre, pending, late)
    close(centre, number, late)
    assert refusal(centre, number, late) == "the alert has ended already"


def test_what_is_read_again_and_still_wrong_is_a_new_alert(centre: Centre) -> None:
    number = leaking(centre)
    close(centre, number, at(120))
    centre.read("leak", 1, 121)
    newest = centre.alerts()[0]
    assert (newest.id != number, newest.state) == (True, "firing")


SILENT = """  - {id: leak_silent, kind: absence, title: No word of the leak, metric: leak, for: 5m,
     severity: warning, basis: engineering}
"""


def test_a_sensor_that_was_removed_is_not_missed_again(centre: Centre) -> None:
    file = centre.site.file.storage.folder / "profiles" / "magnet.yaml"
    file.write_text(file.read_text().replace("snmp: {values", SILENT + "snmp: {values"))
    centre.site = load_site(file.parent.parent / "site.yaml")
    centre.restart()
    centre.read("leak", 0, 0)
    with centre.records.writing("test", at(119)) as db:
        alert = Alert("mri-2", "", "leak_silent", "No word", "warning", "leak", "firing", T0)
        alert.fired_at = at(5)
        db.add(alert)
    close(centre, centre.alerts()[0].id, at(120))
    centre.read("helium_level_pct", 80, 130)
    centre.engine.tick(at(130))
    with centre.records.reading() as db:
        assert ("mri-2", "leak", "") not in cursor_rows.last_read_at(db)
    assert centre.state("leak_silent") == "ok"


@pytest.mark.parametrize(
    ("component", "age", "closable"),
    [
        ("", 59 * MINUTE, False),
        ("", HOUR, True),
        ("coil", 0, True),  # another part was read
    ],
)
def test_only_the_series_of_the_alert_counts(
    centre: Centre, component: str, age: int, *, closable: bool
) -> None:
    rule = centre.site.rule("mri-2", "leak")
    readings = [Reading("mri-2", "leak", 1, T0 + DAY - age)]
    assert may_be_closed(rule, "leak", component, readings, T0 + DAY) is closable


def test_an_alert_of_a_rule_that_is_gone_is_closed_by_its_own_metric(centre: Centre) -> None:
    readings = [Reading("mri-2", "leak", 1, T0)]
    assert centre.site.rule("mri-2", "no_such_rule") is None
    assert centre.site.rule("gone", "leak") is None
    assert not may_be_closed(None, "leak", "", readings, T0)
    assert may_be_closed(None, "flow", "", readings, T0)
