"""A person's own language on the pages."""

import re
import threading
from collections.abc import Callable
from contextvars import copy_context
from dataclasses import replace

import pytest

from dashboard import i18n
from tests.dashboard.centre import Centre
from tests.dashboard.driving import page, screen
from tests.dashboard.people import SARA_HERSELF, sign_in


def test_the_person_of_a_session_decides_and_the_site_for_who_has_not(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    centre.all_well(1_760_000_400_000)
    sign_in(monkeypatch, replace(SARA_HERSELF, language="fa"))
    assert "جواب" in screen(page("fleet"))
    sign_in(monkeypatch, SARA_HERSELF)
    assert "جواب" not in screen(page("fleet"))


def test_a_part_that_is_run_again_by_itself_keeps_the_language() -> None:
    def made() -> str:
        i18n.use_here("fa")
        spoken.append(i18n.kept(i18n.language))
        return i18n.language()

    spoken: list[Callable[[], str]] = []
    assert copy_context().run(made) == "fa"
    assert i18n.language() == "en"  # nobody else's changed
    words: list[str] = []
    thread = threading.Thread(target=lambda: words.append(spoken[0]()))
    thread.start()
    thread.join()
    assert words == ["fa"]


def test_each_language_can_be_chosen_and_says_if_it_is_only_begun() -> None:
    names = dict(i18n.choices())
    assert list(names) == ["en", "fa", "ps"]
    assert (names["en"], names["fa"]) == ("English", "دری")
    assert names["ps"].startswith("پښتو (begun: ")
    assert names["ps"].endswith(" words)")
    i18n.use("ps")
    assert dict(i18n.choices())["ps"].startswith("پښتو (پیل شوې: ")


def test_who_reads_pashto_has_dari_where_it_is_only_begun(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    centre.all_well(1_760_000_400_000)
    sign_in(monkeypatch, replace(SARA_HERSELF, language="ps"))
    fleet = screen(page("fleet"))
    assert "ځواب نه ورکوي" in fleet
    assert not re.search("Not answering|Scanners|Last reading", fleet)
