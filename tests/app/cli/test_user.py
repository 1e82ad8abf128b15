"""People from the command line: the first link, and everybody after it."""

import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from access import setup_links
from access.passwords import PasswordHash
from app.cli.main import cli
from core.errors import RefusedError
from storage.records import Audit
from storage.records.base import all_rows
from tests.dashboard.centre import Centre, build, opened


@pytest.fixture
def site(tmp_path: Path) -> Path:
    path = build(tmp_path)
    closed(opened(path))
    return path


def closed(centre: Centre) -> None:
    centre.series.close()
    centre.records.close()


def run(site: Path, *words: str) -> str:
    result = CliRunner().invoke(cli, ["user", *words, "--site", str(site)])
    if isinstance(result.exception, Exception):
        raise result.exception
    return result.stdout


def test_the_first_person_comes_by_a_link_and_the_others_by_theirs(site: Path) -> None:
    first = run(site, "setup-link").strip()
    assert first.startswith("open once, and soon: http://127.0.0.1:8501/setup/")
    centre = opened(site)
    with centre.change(time.time_ns() // 1_000_000) as tx:
        secret = first.rpartition("/")[2]
        setup_links.use_link(tx, secret, PasswordHash("x"), "reza", "Reza")
    closed(centre)
    assert "there are people already" in run(site, "setup-link")
    assert "/setup/" in run(
        site, "add", "sara", "Sara Ahmadi", "--role", "engineer", "--role", "it"
    )
    assert run(site, "role", "sara", "--role", "physicist") == "Sara Ahmadi: physicist\n"
    assert "/setup/" in run(site, "reset", "sara")
    assert run(site, "disable", "sara") == "Sara Ahmadi is disabled\n"
    listed = run(site, "list").splitlines()
    assert [line.split() for line in listed[1:]] == [
        ["reza", "Reza", "IT"],
        ["sara", "Sara", "Ahmadi", "physicist", "disabled"],
    ]
    assert run(site, "enable", "sara") == "Sara Ahmadi may sign in\n"
    with pytest.raises(RefusedError, match=r"nobody is called 'srra' \(did you mean 'sara'\?\)"):
        run(site, "reset", "srra")


def test_what_the_command_line_writes_is_in_nobodys_name(site: Path) -> None:
    run(site, "add", "sara", "Sara", "--role", "engineer", "--by", "Reza")
    centre = opened(site)
    with centre.records.reading() as db:
        [row] = [
            row for row in all_rows(db, Audit) if row.what == "users" and row.action == "insert"
        ]
        assert (row.who, row.address) == ("cli:Reza", "")
    closed(centre)


def test_a_token_is_shown_once_and_revoked_by_its_number(site: Path) -> None:
    run(site, "add", "sara", "Sara", "--role", "engineer")
    token = run(site, "token", "sara", "the HIS", "--scope", "read", "--days", "30").strip()
    listed = run(site, "tokens")
    assert token.startswith("scw_")
    assert token not in listed
    assert listed.splitlines()[1].split()[:5] == ["1", "sara", "the", "HIS", "read"]
    assert run(site, "revoke", "1") == "token 1 (the HIS) is revoked\n"
    assert run(site, "tokens").splitlines()[1].endswith("revoked")
