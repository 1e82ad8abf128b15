"""`scanward report` as an operator meets it."""

import logging
import threading
from pathlib import Path

import pytest

from app.services import maintain
from core.schema.load import load_site
from storage.series import SeriesWriter
from tests.support.warm_command import scanward

pytestmark = pytest.mark.servers

SITE = """
id: herat
name: Herat
zone: Asia/Kabul
storage: {{folder: "{folder}/var"}}
devices:
  - {{id: ct-1, name: CT one, profile: siemens-somatom-sensation-16}}
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    path = tmp_path / "site.yaml"
    path.write_text(SITE.format(folder=tmp_path))
    return path


def test_a_report_of_a_new_site_is_made_and_says_that_nothing_is_known(site: Path) -> None:
    output = site.parent / "x.html"
    ended = scanward(
        *("report", "uptime", "--month", "1405-07", "--calendar", "solar", "--lang", "fa"),
        *("--site", str(site), "-o", str(output)),
    )
    assert ended.returncode == 0, ended.stderr
    assert "میزان ۱۴۰۵" in ended.stdout
    text = output.read_text(encoding="utf-8")
    assert '<html lang="fa" dir="rtl">' in text
    assert "معلومات ناکافی" in text


def test_without_a_month_it_is_the_one_that_ended_last(site: Path) -> None:
    output = site.parent / "x.pdf"
    ended = scanward("report", "vendor", "--site", str(site), "-o", str(output))
    assert ended.returncode == 0, ended.stderr
    assert output.read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--month", "2026-13", "-o", "x.pdf"], "--month: '2026-13' is not a month"),
        (["--month", "1405-07", "-o", "x.pdf"], "`--calendar solar`"),
        (["--month", "2199-01", "-o", "x.pdf"], "--month: 2199-01 has not begun yet"),
        (["--lang", "fe", "-o", "x.pdf"], "--lang: there are no reports in 'fe'"),
        (["-o", "x.pdff"], "unknown kind of file 'pdff' (did you mean 'pdf'?)"),
        (["-o", "/nowhere/x.html"], "/nowhere/x.html: No such file or directory"),
    ],
)
def test_what_cannot_be_is_one_plain_line(words: list[str], said: str, site: Path) -> None:
    ended = scanward("report", "uptime", "--site", str(site), *words)
    assert ended.returncode == 1
    [line] = ended.stderr.splitlines()
    assert said in line


def test_a_schedule_with_mistakes_says_each_with_its_place(site: Path) -> None:
    site.write_text(
        site.read_text()
        + "channels: [{kind: log, id: log}]\n"
        + "reports:\n"
        + "  - {kind: uptime, channels: [logg]}\n"
        + "  - {kind: uptime, formats: [xlsx]}\n"
    )
    ended = scanward("config", "check", str(site))
    assert ended.returncode == 1
    assert "reports[0].channels[0]: unknown channel 'logg' (did you mean 'log'?)" in ended.stderr
    assert "reports[1]: the same as reports[0]" in ended.stderr


def test_a_report_that_fails_does_not_stop_the_maintenance_loop(
    site: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(maintain, "make_due", fail)
    checked = load_site(site)
    checked.series_path.parent.mkdir()
    SeriesWriter(checked.series_path).close()
    with caplog.at_level(logging.ERROR):
        maintain.maintain(checked, threading.Event(), once=True)
    assert "a report could not be made" in caplog.text
