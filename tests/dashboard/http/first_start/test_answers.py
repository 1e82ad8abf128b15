"""What is typed on the first page: right, mistaken, hostile; and what becomes of it in the site file."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from access.passwords import PasswordHash
from core.errors import RefusedError
from core.schema.load import load_site
from dashboard.http.first_start import machine
from dashboard.http.first_start.answers import (
    SCREEN,
    FirstAnswers,
    FirstPerson,
    MistakenAnswers,
    read_answers,
    site_name,
)
from dashboard.http.first_start.channel_url import channel_url
from dashboard.http.first_start.site_text import NAMELESS, quoted, site_id, site_text

TYPED = {
    "site_name": "Herat Imaging Centre",
    "zone": "Asia/Kabul",
    "channel": SCREEN,
    "full_name": "Reza Karimi",
    "name": "reza",
    "password": "seven blue camels",
    "again": "seven blue camels",
}
NAMES = [
    ("Herat Imaging Centre", "herat-imaging-centre"),
    ('مرکز "رازی": هرات', NAMELESS),
    ("Clínica São José: a & b # c", "clinica-sao-jose-a-b-c"),
    ("'; rm -rf / {x: [y", "rm-rf-x-y"),
    ("№ 1", "no-1"),
    ("no", "no"),
    ("🏥 *x &y !z", NAMELESS),
]


def answers(name: str = "Herat", language: str = "en", backup: Path | None = None) -> FirstAnswers:
    person = FirstPerson("reza", "Reza Karimi", PasswordHash("hash"))
    return FirstAnswers(
        name, "Asia/Kabul", language, backup, backup is not None, SCREEN, "", person
    )


def wrong(fields: dict[str, str], data: Path) -> dict[str, str]:
    with pytest.raises(MistakenAnswers) as caught:
        read_answers(fields, data)
    return {field: str(phrase) for field, phrase in caught.value.mistakes.items()}


def test_five_answers_and_a_person_are_read(tmp_path: Path) -> None:
    read = read_answers({**TYPED, "language": "fa"}, tmp_path)
    assert (read.name, read.zone, read.language) == ("Herat Imaging Centre", "Asia/Kabul", "fa")
    assert (read.backup, read.channel, read.person.name) == (None, SCREEN, "reza")


def test_every_mistake_is_named_at_once_beside_its_question(tmp_path: Path) -> None:
    fields = {"site_name": " \n", "zone": "Kabul", "backup": "usb", "channel": "webhook"}
    mistakes = wrong(fields, tmp_path)
    assert set(mistakes) == {"site_name", "zone", "backup", "channel", "person"}
    assert "Asia/Kabul" in mistakes["zone"]
    assert wrong({**TYPED, "again": "other"}, tmp_path) == {"person": "the two passwords differ"}


@pytest.mark.parametrize("zone", ["", "..", "/etc/passwd", "Asia/Kabul\0", "Asia", "x" * 999])
def test_what_is_no_zone_is_refused(zone: str, tmp_path: Path) -> None:
    assert "zone" in wrong({**TYPED, "zone": zone}, tmp_path)


def test_a_backup_folder_is_tried_before_anything_is_written(tmp_path: Path) -> None:
    data, file = tmp_path / "var", tmp_path / "file"
    file.touch()
    fields = {**TYPED, "backup": str(tmp_path / "backups")}
    assert "on the disk of the data" in wrong(fields, data)["backup"]
    assert read_answers({**fields, "same_disk": "on"}, data).backup == tmp_path / "backups"
    assert "cannot be written" in wrong({**TYPED, "backup": f"{file}/x"}, data)["backup"]
    assert "whole path" in wrong({**TYPED, "backup": "~/x"}, data)["backup"]
    for inside in (data, tmp_path):
        same = {**TYPED, "backup": str(inside), "same_disk": "on"}
        assert "lie in this folder" in wrong(same, data)["backup"]


def test_the_zone_is_guessed_from_the_clock_of_the_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TZ", raising=False)
    timezone = tmp_path / "timezone"
    nowhere = tmp_path / "absent"
    assert machine.zone_here(nowhere, timezone) == ""
    timezone.write_text("Asia/Kabul\n")
    assert machine.zone_here(nowhere, timezone) == "Asia/Kabul"
    timezone.write_text("Etc/UTC\n")  # a server's, which says nothing of where it stands
    assert machine.zone_here(nowhere, timezone) == ""
    monkeypatch.setenv("TZ", ":Asia/Karachi")
    assert machine.zone_here(nowhere, timezone) == "Asia/Karachi"


@pytest.mark.parametrize(
    ("kind", "typed", "url"),
    [
        ("webhook", "https://example.org/a?b=c", "jsons://example.org/a?b=c"),
        ("webhook", "http://192.0.2.7:8080/x", "json://192.0.2.7:8080/x"),
        ("ntfy", "our-centre-7f3a", "ntfys://ntfy.sh/our-centre-7f3a"),
        ("ntfy", "http://192.0.2.7/alerts", "ntfy://192.0.2.7/alerts"),
    ],
)
def test_an_address_becomes_that_of_apprise(kind: str, typed: str, url: str) -> None:
    assert channel_url(kind, {kind: typed}) == url


@pytest.mark.parametrize(
    "typed", ["", "x", "file:///etc/passwd", "https://", "http://a b", "http://a:0x"]
)
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(RefusedError):
        channel_url("webhook", {"webhook": typed})


def test_a_mail_password_of_any_letters_arrives_whole() -> None:
    import apprise

    fields = {
        "mail_to": "sara@example.org",
        "mail_server": "smtp.example.org:587",
        "mail_user": "scanward@example.org",
        "mail_password": "p@:/?&=+ #%41 رمز",
    }
    plugin = apprise.Apprise.instantiate(channel_url("mail", fields))
    assert plugin is not None
    assert (plugin.user, plugin.password) == (fields["mail_user"], fields["mail_password"])
    for field, text in [("mail_to", "sara"), ("mail_server", ""), ("mail_server", "a b")]:
        with pytest.raises(RefusedError):
            channel_url("mail", {**fields, field: text})


@pytest.mark.parametrize(("name", "made"), NAMES)
@pytest.mark.parametrize("language", ["en", "fa"])
def test_the_file_holds_the_name_as_it_was_typed_and_loads(
    name: str, made: str, language: str, tmp_path: Path
) -> None:
    path = tmp_path / "site.yaml"
    secret = tmp_path / 'a "b": c'
    text = site_text(answers(name, language, tmp_path), tmp_path, secret, address="::", port=99)
    path.write_text(text, encoding="utf-8")
    file = load_site(path).file
    assert (file.name, file.id) == (name, made)
    assert (file.http.address, file.http.port) == ("::", 99)
    assert file.backup is not None
    assert file.calendar == ("solar" if language == "fa" else "gregorian")
    comments = [line for line in text.splitlines() if line.startswith("# ")]
    assert len(comments) > 12
    assert ("پرونده" in text) == (language == "fa")


@given(st.text(min_size=1, max_size=60))
def test_any_name_survives_yaml(text: str) -> None:
    import yaml

    try:
        name = site_name(text)
    except RefusedError:
        return
    assert yaml.safe_load(f"name: {quoted(name)}\n") == {"name": name}
    assert site_id(name)
