"""A file changed at one place: what changes, what stays, and what is refused in words."""

import difflib
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import RefusedError
from core.schema.editing.address import Raw
from core.schema.editing.change import Add, Change, Put, Remove, changed_text
from core.schema.yaml_file import raw_of

HERAT = Path("config/herat.yaml").read_text(encoding="utf-8")
SMALL = """\
# who
id: herat
name: 'مرکز'   # the sign at the door
devices:
  - id: ct-1
    name: "CT"
    sources: [{kind: snmp, host: 192.0.2.1}, {kind: manual}]
  # the second
  - id: mri-1
    name: MRI
channels:
- {kind: log, id: log}
- {kind: log, id: two}
"""


def lines_changed(before: str, after: str) -> list[str]:
    diff = difflib.unified_diff(before.split("\n"), after.split("\n"), lineterm="", n=0)
    return [line for line in list(diff)[2:] if not line.startswith("@@")]


@pytest.mark.parametrize(
    ("change", "lines"),
    [
        (
            Put("name", "نو: # 'x'"),
            [
                "-name: 'مرکز'   # the sign at the door",
                "+name: 'نو: # ''x'''   # the sign at the door",
            ],
        ),
        (Put("devices[id=ct-1].name", "CT 2"), ['-    name: "CT"', '+    name: "CT 2"']),
        (Put("devices[id=mri-1].name", "🧲, [1]"), ["-    name: MRI", "+    name: '🧲, [1]'"]),
        (Put("devices[id=mri-1].name", "on"), ["-    name: MRI", "+    name: 'on'"]),
        (Put("devices[id=mri-1].room", "4"), ["+    room: '4'"]),
        (Put("devices[1].name", "two\nlines"), ["-    name: MRI", '+    name: "two\\nlines"']),
        (
            Put("devices[id=ct-1].sources[kind=snmp].port", 161),
            [
                "-    sources: [{kind: snmp, host: 192.0.2.1}, {kind: manual}]",
                "+    sources: [{kind: snmp, host: 192.0.2.1, port: 161}, {kind: manual}]",
            ],
        ),
        (
            Remove("devices[id=ct-1].sources[0]"),
            [
                "-    sources: [{kind: snmp, host: 192.0.2.1}, {kind: manual}]",
                "+    sources: [{kind: manual}]",
            ],
        ),
        (Add("channels", {"kind": "log", "id": "c"}), ["+- {kind: log, id: c}"]),
        (Remove("channels[id=log]"), ["-- {kind: log, id: log}"]),
        (Remove("devices[id=mri-1].name"), ["-    name: MRI"]),
        (Remove("devices[id=mri-1]"), ["-  - id: mri-1", "-    name: MRI"]),
        (Put("retention.raw", "30d"), ["+retention: {raw: 30d}"]),
        (
            Add("devices", {"id": "us-1", "name": "US", "sources": [{"kind": "manual"}]}),
            ["+  - id: us-1", "+    name: US", "+    sources: [{kind: manual}]"],
        ),
    ],
)
def test_a_change_touches_its_lines_only(change: Change, lines: list[str]) -> None:
    assert lines_changed(SMALL, changed_text(SMALL, [change])) == lines


def test_what_is_put_as_it_is_leaves_every_byte() -> None:
    data = yaml.safe_load(HERAT)
    changes = [Put(key, value) for key, value in data.items()]
    assert changed_text(HERAT, changes) == HERAT


def test_the_file_of_the_house_changes_in_one_place() -> None:
    changed = changed_text(HERAT, [Put("devices[id=switch-1].room", "Room 4")])
    assert lines_changed(HERAT, changed) == ["-    room: Server room", "+    room: Room 4"]


def test_a_setting_that_is_shown_commented_out_comes_below_its_sample() -> None:
    changed = changed_text(HERAT, [Put("backup", {"folder": "/mnt/usb", "every": "1d"})])
    above = changed[: changed.index("\nbackup: {folder: /mnt/usb, every: 1d}\n")]
    assert above.endswith("#   keep: 14")


def test_a_list_put_anew_keeps_the_comments_of_what_stays() -> None:
    data = yaml.safe_load(SMALL)["devices"]
    data[1]["name"] = "Magnet"
    changed = changed_text(SMALL, [Put("devices", data)])
    assert lines_changed(SMALL, changed) == ["-    name: MRI", "+    name: Magnet"]


@pytest.mark.parametrize("text", [SMALL.replace("\n", "\r\n"), "\ufeff" + SMALL, SMALL[:-1]])
def test_ends_of_lines_and_the_mark_of_windows_stay(text: str) -> None:
    changed = changed_text(text, [Add("channels", {"kind": "log", "id": "c"})])
    assert changed.endswith("\n") == text.endswith("\n")
    assert changed.count("\r\n") == (14 if "\r" in text else 0)
    assert changed.startswith("\ufeff") == text.startswith("\ufeff")
    assert changed_text(changed, [Remove("channels[id=c]")]) == text


@pytest.mark.parametrize("written", [" []", "", " []   # none yet"])
def test_the_first_item_of_an_empty_list(written: str) -> None:
    text = f"id: a\ndevices:{written}\nname: b\n"
    device: Raw = {
        "id": "ct-1",
        "sources": [{"kind": "snmp", "host": "192.0.2.1", "name": "x" * 99}],
    }
    changed = changed_text(text, [Add("devices", device)])
    assert yaml.safe_load(changed) == {"id": "a", "devices": [device], "name": "b"}


ALIASES = """\
base: &usual
  a: 1
  b: {c: 2, e: 3}
one: *usual
two:
  <<: *usual
  d: 4
"""


def test_a_value_that_is_written_once_for_several_places_is_not_changed_unseen() -> None:
    for address in ("one.a", "base.a", "two.b.c"):
        with pytest.raises(RefusedError):
            changed_text(ALIASES, [Put(address, 7)])
    assert "two:\n  <<: *usual\n  d: 5\n" in changed_text(ALIASES, [Put("two.d", 5)])
    assert "  d: 4\n  a: 9\n" in changed_text(ALIASES, [Put("two.a", 9)])
    assert "one: 5\n" in changed_text(ALIASES, [Put("one", 5)])


@pytest.mark.parametrize(
    "address", ["", "a..b", "devices[", "[0]", "devices[id=x].name", "devices[9]"]
)
def test_an_address_that_is_nowhere_is_refused(address: str) -> None:
    with pytest.raises(RefusedError):
        changed_text(SMALL, [Put(address, 1)])


_names = st.text("abc_", min_size=1, max_size=3)
_scalars = st.none() | st.booleans() | st.integers(-9, 99) | st.text(max_size=6)
_values = st.recursive(
    _scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_names, inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=60, deadline=None)
@given(
    data=st.dictionaries(_names, _values, min_size=1, max_size=4),
    value=_values,
    is_flow=st.sampled_from([None, False]),
    chosen=st.data(),
)
def test_a_change_means_what_was_meant_whatever_stands_there(
    data: dict[str, object], value: object, is_flow: bool | None, chosen: st.DataObject
) -> None:
    text = yaml.safe_dump(data, allow_unicode=True, default_flow_style=is_flow, sort_keys=False)
    data = raw_of(text)  # the two loaders of PyYAML differ where a text holds a NEL
    key = chosen.draw(st.sampled_from([*data, "new"]))
    changed = changed_text(text, [Put(key, value)])  # type: ignore[arg-type]
    assert raw_of(changed) == {**data, key: value}
    if isinstance(data.get(key, []), list):
        added = changed_text(text, [Add(key, value)])  # type: ignore[arg-type]
        items = data.get(key) or []
        assert isinstance(items, list)
        assert raw_of(added) == {**data, key: [*items, value]}
