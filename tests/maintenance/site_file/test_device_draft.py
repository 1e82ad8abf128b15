"""What of a typed device goes to the site file, and what into files of secrets."""

import pytest

from core.schema.editing.address import Raw
from core.schema.editing.change import Add, Put, Remove, changed_text
from maintenance.site_file.device_draft import DeviceDraft, TypedSettings, proposed_id, removal

SNMP = TypedSettings(
    {"kind": "snmp", "host": "192.0.2.7", "port": 161, "user": {"name": "sara", "auth": "sha"}},
    {"user.auth_password": "hush", "user.privacy_password": ""},
)


def reference(name: str, _text: str) -> str:
    return f"file:{name}"


def test_what_is_empty_is_left_out_and_a_secret_is_a_reference() -> None:
    draft = DeviceDraft("ups-1", "UPS", "ups-rfc1628", sources=(SNMP,))
    user: Raw = {"name": "sara", "auth": "sha", "auth_password": "file:ups-1-user-auth_password"}
    source: Raw = {"kind": "snmp", "host": "192.0.2.7", "port": 161, "user": user}
    device: Raw = {"id": "ups-1", "name": "UPS", "profile": "ups-rfc1628", "sources": [source]}
    assert draft.changes(reference) == [Add("devices", device)]
    public = TypedSettings({"kind": "snmp"}, {"community": "public"})
    assert public.entry("x", reference) == {"kind": "snmp", "community": "public"}


def test_the_broker_comes_first_where_the_site_has_none() -> None:
    broker = TypedSettings({"host": "192.0.2.1", "port": 1883, "tls": None}, {"password": "x"})
    draft = DeviceDraft("a", "A", "p", broker=broker)
    entry: Raw = {"host": "192.0.2.1", "port": 1883, "password": "file:broker-password"}
    assert draft.changes(reference)[0] == Put("broker", entry)


def test_of_a_device_that_is_there_only_what_differs_is_changed() -> None:
    before = DeviceDraft("a", "A", "p", room="1")
    after = DeviceDraft("a", "B", "p", room="1", depends_on=("u",), sources=(SNMP,))
    changes = after.changes_of(before, [0, 2], reference)
    assert changes[:4] == [
        Put("devices[id=a].name", "B"),
        Put("devices[id=a].depends_on", ["u"]),
        Remove("devices[id=a].sources[2]"),
        Remove("devices[id=a].sources[0]"),
    ]
    assert isinstance(changes[4], Add)
    assert before.changes_of(before, [], reference) == []
    assert removal("a") == [Remove("devices[id=a]")]


def test_the_first_and_the_last_device_of_a_file_with_comments() -> None:
    text = "# mine\nid: x\n\n# devices: the page writes them here\ndevices: []\n"
    draft = DeviceDraft("ups-1", 'UPS: "one" #1', "ups-rfc1628", room="اتاق")
    added = changed_text(text, draft.changes(reference))
    assert added.startswith("# mine\nid: x\n\n# devices: the page writes them here\ndevices:")
    assert "اتاق" in added
    assert "ups-1" not in changed_text(added, removal("ups-1"))


@pytest.mark.parametrize(
    ("name", "taken", "proposed"),
    [
        ("UPS of the CT", [], "ups-of-the-ct"),
        ("UPS", ["ups"], "ups-2"),
        ("UPS", ["ups", "ups-2", "ups-3"], "ups-4"),
        ("یو پی اس ۱", [], "ups"),
        ("ماشین 2", [], "ups-2"),
        ("", [], "ups"),
        ("é" * 200, [], "e" * 30),
    ],
)
def test_an_id_is_proposed(name: str, taken: list[str], proposed: str) -> None:
    assert proposed_id(name, "ups", taken) == proposed
