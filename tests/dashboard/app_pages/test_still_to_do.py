"""What the site still lacks, where it is said, and how it is put aside."""

import pytest

from core.schema.load import load_site
from dashboard.i18n import t
from tests.dashboard.centre import Centre
from tests.dashboard.driving import click, page, screen
from tests.dashboard.people import person, sign_in


def test_it_stands_on_the_first_page_and_is_put_aside_with_a_reason_on_system(
    centre: Centre,
) -> None:
    assert t("to_do.no_channel") in screen(page("fleet"))
    test = page("system")
    keys = [box.key or "" for box in test.text_input if box.label == t("to_do.reason")]
    assert len(keys) > 3
    assert "say why" in "".join(error.value for error in click(test, t("to_do.put_aside")).error)
    test.text_input(key=keys[0]).set_value("we look at the screen: day & night")
    click(test, t("to_do.put_aside"))
    put_aside = load_site(centre.path).file.put_aside
    assert put_aside == {"no_channel": "we look at the screen: day & night"}
    assert t("to_do.no_channel") not in screen(page("fleet"))


def test_who_may_not_change_the_site_is_not_bothered(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(monkeypatch, person("technician"))
    assert "sw-to-do" not in screen(page("fleet"))
