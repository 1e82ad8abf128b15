"""The page of settings: every change is shown first, wants a reason, and goes back."""

import stat
from pathlib import Path

import pytest

from core.schema.load import load_site
from dashboard.queries import stores
from maintenance.site_file.on_disk import read_text
from tests.dashboard.centre import Centre
from tests.dashboard.driving import click, page, save, screen
from tests.dashboard.people import person, sign_in


def typed(test: object, key: str, value: object) -> None:
    """Type into, or choose in, the field whose key ends so."""
    for kind in ("text_input", "selectbox", "multiselect"):
        for widget in getattr(test, kind):
            if (widget.key or "").endswith(key):
                widget.set_value(value)
                return
    raise AssertionError(f"no field {key}")


def test_a_name_is_changed_with_a_reason_and_taken_back(centre: Centre) -> None:
    before = read_text(centre.path)
    test = page("settings")
    typed(test, "site-centre-0-name", "مرکز: #1 'هرات' 🧲")
    shown = screen(save(test, "site-centre"))
    assert "sw-diff-come" in shown
    assert read_text(centre.path) == before
    assert "say why" in save(test, "site-save").error[0].value
    typed(test, "site-save-0-why", 'the new sign: "x"')
    test = save(test, "site-save")
    assert load_site(centre.path).file.name == "مرکز: #1 'هرات' 🧲"
    assert stores.site().file.name == "مرکز: #1 'هرات' 🧲"
    assert "the new sign" in screen(test)
    typed(test, "site-back-2-0-why", "no")
    save(test, "site-back-2")
    assert read_text(centre.path) == before


def test_a_mistake_is_told_and_nothing_is_shown_to_be_saved(centre: Centre) -> None:
    test = page("settings")
    typed(test, "site-centre-0-zone", "Mars/Olympus")
    test = save(test, "site-centre")
    assert "Mars/Olympus" in test.error[0].value
    assert "sw-diff-come" not in screen(test)


def test_a_channel_is_added_with_its_secret_in_a_file_and_a_route_and_taken_out(
    centre: Centre,
) -> None:
    test = page("settings")
    typed(test, "channel-new-0-apprise-id", "hook")
    typed(test, "channel-new-0-apprise-url", "json://127.0.0.1:9/hush")
    test = save(test, "channel-new")
    assert "hush" not in screen(test)
    typed(test, "site-save-0-why", "to be told")
    test = save(test, "site-save")
    assert "hush" not in read_text(centre.path)
    site = load_site(centre.path)
    secret = next(channel for channel in site.file.channels if channel.id == "hook")
    path = Path(secret.address.removeprefix("file:"))
    assert path.read_text() == "json://127.0.0.1:9/hush"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [route.channels for route in site.file.routes] == [["log"], ["hook"]]
    test = click(test, "Send a test message", 1)
    assert "did not leave" in screen(test)
    test = click(test, "Take out", 1)
    typed(test, "site-save-1-why", "wrong")
    save(test, "site-save")
    site = load_site(centre.path)
    assert [channel.id for channel in site.file.channels] == ["log"]
    assert [route.channels for route in site.file.routes] == [["log"]]


def test_of_two_who_look_the_second_is_told(centre: Centre) -> None:
    test = page("settings")
    typed(test, "site-centre-0-name", "Mine")
    test = save(test, "site-centre")
    centre.path.write_text(read_text(centre.path).replace("name: Test centre", "name: Yours"))
    typed(test, "site-save-0-why", "because")
    assert "changed meanwhile" in save(test, "site-save").error[0].value
    assert load_site(centre.path).file.name == "Yours"


def test_who_may_not_change_it_sees_none_of_it(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(monkeypatch, person("technician"))
    test = page("settings")
    assert not test.text_input
    assert "only engineer, IT may change the site file" in screen(test)
