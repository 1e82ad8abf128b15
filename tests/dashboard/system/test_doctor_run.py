"""The doctor at a person's wish: in a process of its own, never longer than its time, one at a time."""

import json
import sys
from pathlib import Path

import pytest

from core.errors import RefusedError, StoreError
from core.schema.load import load_site
from core.schema.site import Site
from dashboard.system import doctor_run
from dashboard.system.doctor_run import FILE, DoctorRun, last_run, start

T0 = 1_795_000_000_000
PRINTED = [{"outcome": "warning", "what": "clock", "text": "nobody keeps it"}]


@pytest.fixture
def site(tmp_path: Path) -> Site:
    path = tmp_path / "site.yaml"
    path.write_text(
        f"id: a\nname: A\nzone: UTC\nstorage: {{folder: {tmp_path}/var}}\ndevices: []\n"
    )
    return load_site(path)


@pytest.fixture
def folder(site: Site) -> Path:
    return site.file.storage.folder


def begin(site: Site, script: str, limit_s: float = 120.0) -> DoctorRun:
    """A run of a Python script in the doctor's place, ended."""
    path = site.file.storage.folder.parent / "site.yaml"
    start(site, path, "Sara", lambda: T0, (sys.executable, "-c", script), limit_s).join(120)
    run = last_run(site.file.storage.folder)
    assert run is not None
    return run


def test_what_it_printed_stays_with_who_wanted_it_and_when(site: Site, folder: Path) -> None:
    assert last_run(folder) is None
    script = f"import sys; assert '--site' in sys.argv; print({json.dumps(PRINTED)!r}); sys.exit(1)"
    run = begin(site, script)
    assert (run.state, run.by, run.began_at, run.ended_at) == ("ended", "Sara", T0, T0)
    assert [line.model_dump() for line in run.lines] == PRINTED


@pytest.mark.parametrize(
    "script",
    [
        "raise SystemExit('no such site')",
        "print('[')",
        "print('{}')",
        'print(\'[{"outcome": "fine", "what": "a", "text": "b"}]\')',
        "print('[' * 3_000_000)",
    ],
    ids=["nothing", "half", "another form", "another word", "enormous"],
)
def test_what_is_not_of_the_doctors_form_is_no_evidence(site: Site, script: str) -> None:
    run = begin(site, script)
    assert (run.state, run.lines) == ("failed", [])


def test_one_that_hangs_is_ended_and_so_is_what_it_began(site: Site, tmp_path: Path) -> None:
    script = "import time; time.sleep(600)"
    assert begin(site, script, limit_s=0.3).state == "too_long"


def test_only_one_runs_and_the_lines_of_before_stand_meanwhile(site: Site, folder: Path) -> None:
    begin(site, f"print({json.dumps(PRINTED)!r})")
    path = folder.parent / "site.yaml"
    # It waits for its standard input, which is the null device, until the file is there.
    script = f"import pathlib, time\nwhile not pathlib.Path({str(folder / 'go')!r}).exists(): time.sleep(0.02)"
    thread = start(site, path, "Omid", lambda: T0 + 1, (sys.executable, "-c", script))
    try:
        with pytest.raises(RefusedError, match="a check runs already"):
            start(site, path, "Sara", lambda: T0 + 2)
        running = last_run(folder)
        assert running is not None
        assert (running.state, running.by, running.lines_at) == ("running", "Omid", T0)
        assert len(running.lines) == 1
    finally:
        (folder / "go").touch()
        thread.join(120)


def test_one_whose_dashboard_died_was_interrupted_and_nothing_is_known(
    site: Site, folder: Path
) -> None:
    run = begin(site, f"print({json.dumps(PRINTED)!r})")
    (folder / FILE).write_text(run.model_copy(update={"state": "running"}).model_dump_json())
    left = last_run(folder)
    assert left is not None
    assert (left.state, left.lines) == ("interrupted", [])
    (folder / FILE).write_text('{"by": "Sar')
    assert last_run(folder) is None


def test_a_disk_that_refuses_is_said_and_leaves_no_lock(
    site: Site, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_path: Path, _data: bytes) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(doctor_run, "write_own", full)
        with pytest.raises(StoreError, match="no check can be begun: No space left"):
            start(site, folder.parent / "site.yaml", "Sara", lambda: T0)
    assert begin(site, f"print({json.dumps(PRINTED)!r})").state == "ended"
