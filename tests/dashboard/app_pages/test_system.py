"""The page of who keeps Scanward running: what runs, what lacks, and nothing is well that nobody knows."""

import time

import pytest

from core.vocabulary.rights import Role
from dashboard import menu
from dashboard.queries import system as system_queries
from dashboard.system.doctor_run import FILE, DoctorLine, DoctorRun
from storage.files.alive import STANDSTILL
from storage.files.process_sign import DETECT, ProcessSign
from storage.records.transaction import refusal
from tests.dashboard.centre import Centre
from tests.dashboard.driving import click, page, screen
from tests.dashboard.people import person, sign_in


def now() -> int:
    return time.time_ns() // 1_000_000


def test_what_runs_and_what_does_not_is_said_by_word_and_shape(centre: Centre) -> None:
    folder = centre.site.processes_path
    late = now() - 2 * STANDSTILL
    with (
        ProcessSign(folder, "alert", lambda: late, {"judging": 9 * STANDSTILL, DETECT: STANDSTILL}),
        ProcessSign(folder, "collect", now) as collect,
    ):
        collect.note(error="the disk is full")
        shown = screen(page("system")).replace("\u2068", "").replace("\u2069", "")
    lines = {line.partition("<b>")[2].partition("</b>")[0]: line for line in shown.split("<li>")}
    assert "waits: the disk is full" in lines["collect: asks the devices"]
    assert "sw-icon-warning" in lines["collect: asks the devices"]
    assert "sw-icon-ok" in lines["alert: judges and sends alerts"]
    assert "its work stands still" in lines["detect: learns and judges trends (within alert)"]
    assert "has never run here" in lines["maintain: plans work, counts downtime"]
    assert "sw-icon-error" in lines["maintain: plans work, counts downtime"]
    assert "how fast it fills is not known yet" in lines["Disk"]
    assert "none is planned" in lines["Newest backup"]
    assert "nothing has ever left by it" in lines["log"]
    assert "sw-icon-unknown" in lines["log"], "no evidence is not well"
    assert "Never checked from here" in shown


def test_the_check_is_begun_by_a_button_and_its_lines_stand_with_their_time(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [
        DoctorLine(outcome="ok", what="disk", text="12 GiB free"),
        DoctorLine(outcome="failed", what="ups-1 <b>", text="does not answer"),
    ]

    def run() -> None:
        at = now() - 3_000
        done = DoctorRun(by="Sara", began_at=at, ended_at=at + 1, state="ended", lines=lines)
        path = centre.site.file.storage.folder / FILE
        path.write_text(done.model_dump_json())

    monkeypatch.setattr(system_queries, "begin_check", run)
    shown = screen(click(page("system"), "Check now"))
    assert "Last check: ended, 3 s ago, by Sara" in shown
    assert shown.index("does not answer") < shown.index("12 GiB free"), "the worst first"
    assert "ups-1 &lt;b&gt;" in shown


@pytest.mark.parametrize("role", ["technician", "physicist", "manager", "viewer"])
def test_it_is_for_who_keeps_it_running(
    centre: Centre, monkeypatch: pytest.MonkeyPatch, role: Role
) -> None:
    sign_in(monkeypatch, person(role))
    test = page("system")
    assert "only engineer, IT may see the system" in screen(test)
    assert not test.button
    assert "system" not in menu.menu_of([role])
    assert not test.get("download_button")
    for act in (system_queries.facts, system_queries.begin_check):
        with pytest.raises(type(refusal("see the system")), match="only engineer, IT may"):
            act()
    assert {"system"} <= set(menu.menu_of(["IT"])) & set(menu.menu_of(["engineer"]))


def test_the_file_is_made_when_it_is_clicked_in_a_request_that_knows_nobody(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert page("system").get("download_button")
    sign_in(monkeypatch, None)
    assert system_queries.diagnostics().startswith(b"PK")
