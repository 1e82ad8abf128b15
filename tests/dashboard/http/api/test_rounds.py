"""The round for programs."""

from dashboard.http.api import rounds
from dashboard.http.api.parameters import Parameters
from dashboard.http.api.rounds import RoundEntriesBody, RoundEntryBody
from tests.dashboard.centre import Centre
from tests.dashboard.http.test_api import clock, get


def test_a_program_sees_what_is_to_be_read_and_hands_it_in_once(furnished: Centre) -> None:
    _, items = get("/api/v1/round")
    scans = next(row for row in items if row["metric"] == "scan_count")
    assert (scans["device"], scans["room"], scans["is_due"]) == ("ct-2", "CT room", False)
    lasers = next(row for row in items if row["metric"] == "qa_laser_offset_mm")
    assert lasers["is_due"], "a plan asks for it"
    now = clock()
    entries = [
        RoundEntryBody(key="a", device="ct-2", metric="scan_count", typed="۴۱۲۰۰"),
        RoundEntryBody(key="b", device="ct-2", metric="scan_cont", typed="1"),
        RoundEntryBody(key="c", device="ct-2", skipped="in use"),
        RoundEntryBody(key="d", device="ct-2", metric="scan_count", typed="1", at=now + 10**9),
    ]
    for _ in range(2):
        with furnished.change(now) as tx:
            results = rounds.enter_round(tx, Parameters(), RoundEntriesBody(entries=entries))
        assert [row.state for row in results] == ["stored", "refused", "stored", "refused"]
        assert "did you mean 'scan_count'?" in results[1].why
    _, items = get("/api/v1/round")
    scans = next(row for row in items if row["metric"] == "scan_count")
    assert (scans["last"], scans["is_due"]) == (41_200, False)
