"""A changed site file is noticed once, when it stands still and loads; nothing else flaps."""

import logging
import threading
from pathlib import Path

import pytest

from app.services import site_watch
from app.services.processes import changed_processes
from app.services.site_watch import AWAY_LOOKS, SiteWatch
from core.schema.load import load_site
from core.schema.site import Site

TEXT = """\
id: test
name: Test
zone: Asia/Kabul
devices: []
"""
OTHER = TEXT.replace("Test", "مرکز")


class Watched:
    def __init__(self, folder: Path) -> None:
        self.path = folder / "site.yaml"
        self.path.write_text(TEXT, encoding="utf-8")
        self.watch = SiteWatch(self.path, load_site(self.path))

    def names_after(self, *texts: str | None) -> list[str | None]:
        """What each look brings when the file is as each text says; None: it is gone."""
        names: list[str | None] = []
        for text in texts:
            if text is None:
                self.path.unlink(missing_ok=True)
            else:
                self.path.write_text(text, encoding="utf-8")
            site = self.watch.look()
            names.append(None if site is None else site.file.name)
        return names


@pytest.fixture
def watched(tmp_path: Path) -> Watched:
    return Watched(tmp_path)


def test_a_change_is_noticed_once_when_two_looks_have_seen_it(watched: Watched) -> None:
    assert watched.names_after(TEXT, TEXT, OTHER, OTHER, OTHER) == [None, None, None, "مرکز", None]


def test_what_is_changed_twice_in_a_second_is_waited_for(watched: Watched) -> None:
    half = TEXT.replace("Test", "half")
    assert watched.names_after(half, OTHER, OTHER) == [None, None, "مرکز"]


def test_what_is_changed_and_changed_back_is_noticed_both_times(watched: Watched) -> None:
    assert watched.names_after(OTHER, OTHER, TEXT, TEXT) == [None, "مرکز", None, "Test"]


def test_a_comment_or_an_end_of_line_begins_nothing_again(watched: Watched) -> None:
    for text in ("# new\n" + TEXT, TEXT.replace("\n", "\r\n"), TEXT.rstrip()):
        assert watched.names_after(text, text) == [None, None]


def test_a_file_that_is_gone_for_a_moment_is_no_news(
    watched: Watched, caplog: pytest.LogCaptureFixture
) -> None:
    assert watched.names_after(None, None, TEXT, TEXT) == [None] * 4
    assert not caplog.records


def test_a_file_that_stays_away_is_told_once(
    watched: Watched, caplog: pytest.LogCaptureFixture
) -> None:
    watched.names_after(*[None] * (3 * AWAY_LOOKS))
    [record] = caplog.records
    assert "No such file" in record.getMessage()


@pytest.mark.parametrize("broken", ["id: [", "", "id: test\n", TEXT + "chair: []\n", "\x00"])
def test_a_broken_file_changes_nothing_is_told_once_and_forgotten_when_it_is_mended(
    watched: Watched, caplog: pytest.LogCaptureFixture, broken: str
) -> None:
    with caplog.at_level(logging.ERROR):
        assert watched.names_after(*[broken] * 4) == [None] * 4
    [record] = caplog.records
    assert "still holds" in record.getMessage()
    assert watched.watch.mistakes
    assert watched.names_after(TEXT, TEXT) == [None, None]
    assert not watched.watch.mistakes


def test_a_change_between_loading_and_the_first_look_is_not_lost(tmp_path: Path) -> None:
    watched = Watched(tmp_path)
    assert watched.names_after(OTHER, OTHER) == [None, "مرکز"]


def test_the_processes_that_a_change_needs_are_named(watched: Watched) -> None:
    changed = changed_processes(load_site(watched.path), watched.path)
    text = TEXT + f"backup: {{folder: {watched.path.parent}/copies, same_disk: true}}\n"
    watched.path.write_text(text, encoding="utf-8")
    assert changed() is None
    commands = changed()
    assert commands is not None
    assert commands[-1][0] == "backup"
    assert changed() is None


def test_a_process_ends_itself_unless_it_takes_the_new_site_in_place(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended, seen = threading.Event(), threading.Event()
    monkeypatch.setattr(site_watch, "LOOK_EVERY_S", 0.01)
    monkeypatch.setattr("app.services.site_watch.os.kill", lambda _pid, _signal: ended.set())

    def renew(site: Site) -> bool:
        seen.set()
        return site.file.name == "مرکز"

    site_watch.watch(watched.path, load_site(watched.path), renew, lambda _watch: None)
    watched.path.write_text(OTHER, encoding="utf-8")
    assert seen.wait(60)
    assert not ended.is_set()
    watched.path.write_text(TEXT.replace("Test", "Third"), encoding="utf-8")
    assert ended.wait(60)
