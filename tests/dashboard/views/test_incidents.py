"""Incidents as rows: how bad, who has them, how many things are wrong among the devices."""

from dataclasses import replace
from pathlib import Path

import pytest

from core.schema.load import load_site
from core.schema.site import Device
from core.time.clock import MINUTE
from dashboard.views.device_status import AlertRow, DeviceStatus, DownRow, State
from dashboard.views.incidents import IncidentRow, problems, urgency
from tests.dashboard.centre import build

NOW = 1_793_000_000_000


def alert(number: int, device: str, **values: object) -> AlertRow:
    row = AlertRow(
        device, "", "rule", "Title", "error", "m", "firing", NOW - number * MINUTE, NOW, None,
        None, None, id=number, incident=1, cause=1,
    )  # fmt: skip
    return replace(row, **values)  # type: ignore[arg-type]


CAUSE = alert(1, "ups-1")
SYMPTOM = alert(2, "ct-2", severity="critical", suppressed_by="ups-1")
SECOND = alert(3, "mr-1", severity="warning", suppressed_by="ups-1")


@pytest.fixture
def devices(tmp_path: Path) -> dict[str, Device]:
    return load_site(build(tmp_path)).devices


def status(
    device: Device, state: State, *alerts: AlertRow, down: tuple[DownRow, ...] = ()
) -> DeviceStatus:
    return DeviceStatus(device, state, NOW, (), (), alerts, down)


def test_it_is_as_bad_as_what_nothing_else_explains() -> None:
    assert IncidentRow(1, False, (CAUSE, SYMPTOM)).severity == "error"
    assert IncidentRow(1, False, (CAUSE, replace(SYMPTOM, suppressed_by=""))).severity == "critical"


def test_when_the_cause_is_over_it_is_as_bad_as_what_is_left() -> None:
    over = replace(CAUSE, ended_at=NOW)
    assert IncidentRow(1, False, (over, SECOND)).severity == "warning"
    assert IncidentRow(1, True, (over,)).severity == "error"


def test_it_began_with_its_first_sign_whichever_alert_gave_it() -> None:
    assert IncidentRow(1, False, (CAUSE, SECOND)).began_at == NOW - 3 * MINUTE


def test_whoever_has_what_nothing_explains_has_it() -> None:
    taken = replace(CAUSE, acknowledged_at=NOW, acknowledged_by="sara")
    incident = IncidentRow(1, False, (taken, SYMPTOM))
    assert incident.is_acknowledged
    assert incident.acknowledged_by == ("sara",)
    assert not IncidentRow(1, False, (taken, replace(SYMPTOM, suppressed_by=""))).is_acknowledged


def test_a_device_is_because_of_another_only_if_nothing_is_its_own(
    devices: dict[str, Device],
) -> None:
    ct = devices["ct-2"]
    beside = alert(4, "ct-2", suppressed_by="ct-2")  # its other source, silent for the same reason
    assert status(ct, "critical", SYMPTOM).because_of == "ups-1"
    assert status(ct, "critical", SYMPTOM, beside).because_of == "ups-1"
    assert status(ct, "critical", SYMPTOM, alert(4, "ct-2")).because_of == ""
    assert status(ct, "error", beside).because_of == ""
    assert status(ct, "ok").because_of == ""
    waits = replace(SYMPTOM, suppressed_by="window 3", window_of="ups-1")
    assert status(ct, "critical", waits).because_of == "", "a window explains nothing"


def test_an_incident_is_one_problem_on_however_many_devices(devices: dict[str, Device]) -> None:
    ups, ct, mr = (devices[name] for name in ("ups-1", "ct-2", "mr-1"))
    cut = [status(ups, "error", CAUSE), status(ct, "critical", SYMPTOM)]
    assert problems(cut) == 1
    assert problems([*cut, status(mr, "unavailable", SECOND)]) == 1
    assert problems(cut[1:]) == 1, "also when its cause is over"
    other = alert(4, "mr-1", incident=2, cause=4)
    assert problems([*cut, status(mr, "error", SECOND, other)]) == 2
    assert problems([*cut, status(mr, "error", replace(other, incident=None))]) == 2


def test_a_device_that_cannot_be_used_is_a_problem_without_an_alert(
    devices: dict[str, Device],
) -> None:
    down = DownRow(1, "ct-2", is_hard=True, is_planned=False, began_at=NOW, order=None)
    assert problems([status(devices["ct-2"], "error", down=(down,))]) == 1
    assert problems([status(devices["ct-2"], "ok"), status(devices["mr-1"], "unavailable")]) == 0
    note = alert(1, "ct-2", severity="info")
    assert problems([status(devices["ct-2"], "info", note)]) == 0


def test_what_is_explained_is_less_urgent_than_anything_of_its_own(
    devices: dict[str, Device],
) -> None:
    ct, mr = devices["ct-2"], devices["mr-1"]
    explained = urgency(status(ct, "critical", SYMPTOM))
    assert urgency(status(mr, "warning", alert(4, "mr-1"))) < explained
    assert explained < urgency(status(mr, "ok"))


@pytest.mark.parametrize(
    ("state", "is_firing"),
    [("pending", False), ("firing", True), ("clearing", True), ("ok", False)],
)
def test_what_is_right_again_still_counts(state: str, *, is_firing: bool) -> None:
    assert replace(CAUSE, state=state).is_firing is is_firing
    assert not replace(CAUSE, state=state, ended_at=NOW).is_firing
