"""What a site still lacks: in order, without what was put aside, and nothing of a made-up one."""

from pathlib import Path
from typing import get_args

import pytest

from core.errors import ConfigError
from core.schema.load import load_site
from core.vocabulary.still_to_do import StillToDo
from dashboard.i18n import catalogue
from dashboard.views.still_to_do import still_to_do

HEAD = "id: a\nname: A\nzone: Asia/Kabul\n"
WHOLE = """
backup: {folder: /mnt/usb}
heartbeat: {url: env:URL}
channels: [{kind: apprise, id: sara, url: env:URL}]
routes: [{severities: [critical], channels: [sara]}]
devices:
  - id: ct
    name: CT
    profile: toshiba-aquilion-cx
    covered: {days: [sat], start: "08:00", end: "16:00"}
    sources: [{kind: dicom, host: 192.0.2.1, ae_title: CT}]
"""


def lacking(folder: Path, text: str, people: int = 2) -> list[str]:
    path = folder / "site.yaml"
    path.write_text(HEAD + text, encoding="utf-8")
    return list(still_to_do(load_site(path), people))


def test_a_first_site_lacks_nearly_everything_and_a_whole_one_nothing(tmp_path: Path) -> None:
    assert lacking(tmp_path, "devices: []", 1) == [
        "no_device",
        "no_channel",
        "no_backup",
        "one_person",
        "no_heartbeat",
    ]
    assert lacking(tmp_path, WHOLE) == []


@pytest.mark.parametrize(
    ("old", "new", "names"),
    [
        ("/mnt/usb", "/mnt/usb, same_disk: true", ["same_disk"]),
        ("backup:", 'http: {address: "0.0.0.0"}\nbackup:', ["no_tls"]),
        ("backup:", 'http: {address: "0.0.0.0", tls: own}\nbackup:', []),
        ("backup:", 'http: {address: "0.0.0.0", proxies: [127.0.0.1]}\nbackup:', []),
        ("    sources: [{kind: dicom, host: 192.0.2.1, ae_title: CT}]\n", "", ["unwatched"]),
        ('    covered: {days: [sat], start: "08:00", end: "16:00"}\n', "", ["no_hours"]),
        ("backup:", "access: {demo: true}\nbackup:", []),
    ],
)
def test_each_lack_is_named_alone(tmp_path: Path, old: str, new: str, names: list[str]) -> None:
    assert lacking(tmp_path, WHOLE.replace(old, new)) == names


def test_what_was_put_aside_is_not_asked_for_and_an_unknown_name_is_refused(tmp_path: Path) -> None:
    aside = 'put_aside: {no_device: "later: with the #2 CT", no_channel: x, no_backup: x}\n'
    assert lacking(tmp_path, f"{aside}devices: []") == ["no_heartbeat"]
    with pytest.raises(ConfigError):
        lacking(tmp_path, "put_aside: {no_tea: x}\ndevices: []")


@pytest.mark.parametrize("language", ["en", "fa"])
def test_each_has_words_and_says_how(language: str) -> None:
    words = catalogue(language).words
    for name in get_args(StillToDo):
        assert {f"to_do.{name}", f"to_do.{name}_how"} <= set(words)
