"""Incidents by the command line: what is wrong now, and who takes care of it."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli.main import cli
from app.clock import now
from core.errors import RefusedError
from core.time.clock import MINUTE
from tests.alerts.notification.incidents import T0, Ward


@pytest.fixture
def ward(tmp_path: Path) -> Ward:
    ward = Ward(tmp_path)
    minute = (now() - T0) / MINUTE - 60
    ward.begin(minute, "ups-1")
    ward.begin(minute, "mri-2", "error", incident=1, suppressed_by="ups-1")
    return ward


def run(ward: Ward, *words: str) -> str:
    path = ward.site.file.storage.folder / "site.yaml"
    result = CliRunner().invoke(cli, ["incident", *words, "--site", str(path)])
    if result.exception is not None:
        raise result.exception
    return result.stdout


def test_an_incident_is_a_line_and_is_acknowledged_whole(ward: Ward) -> None:
    [_, line] = run(ward, "list").splitlines()
    assert line.startswith("1         critical  ups-1   ")
    assert line.endswith("Helium is low  and 1 more")
    assert run(ward, "acknowledge", "1", "--by", "sara") == "incident 1 is acknowledged by sara\n"
    [_, line] = run(ward, "list").splitlines()
    assert line.endswith("sara")


def test_what_is_not_there_is_refused(ward: Ward) -> None:
    with pytest.raises(RefusedError, match="there is no incident 99"):
        run(ward, "acknowledge", "99")


def test_nothing_is_wrong_and_the_list_is_empty(tmp_path: Path) -> None:
    assert len(run(Ward(tmp_path), "list").splitlines()) == 1
