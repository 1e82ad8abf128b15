"""Which keys are named, and when it is news that a source is not understood."""

import pytest

from collectors.unknown_keys import UnknownKeys, key_name, shown_id
from core.readings import NOT_UNDERSTOOD, UNDERSTOOD

T0 = 1_772_359_200_000


@pytest.mark.parametrize(
    "key",
    ["SHT3X-0x45", "BME280-76", "DS18B20-1", "DS18B20-0000C3", "AM2301", "temperature:0", "dewPoint", "TempUnit", "linkquality", "soil_moisture"],
)  # fmt: skip
def test_a_key_of_telemetry_is_named_whole(key: str) -> None:
    assert key_name(key, ["moisture"]) == key


@pytest.mark.parametrize(
    ("key", "shown"),
    [
        ("Ahmadi", "Ah... (6 characters)"),
        ("PatientAhmadi", "Pa... (13 characters)"),
        ("MRN1234567", "MR... (10 characters)"),
        ("sensor_1234567", "sensor_... (14 characters)"),
        ("1984-03-02", "(a key of 10 characters)"),
        ("AHMADI^MARYAM", "AH... (13 characters)"),
        ("sensor of Maryam", "sensor... (16 characters)"),
        ("احمدی", "(a key of 5 characters)"),
        ("temperature" * 9, "(a key of 99 characters)"),
        ("", "(a key of 0 characters)"),
    ],
)
def test_a_key_that_may_name_a_patient_is_cut(key: str, shown: str) -> None:
    assert key_name(key) == shown


@pytest.mark.parametrize(
    "identity", ["0316A1", "01131B123456", "28-01131B123456", "0x00124b0022", "C3"]
)
def test_the_id_of_a_sensor_is_named(identity: str) -> None:
    assert shown_id(identity) == identity


@pytest.mark.parametrize("identity", ["Maryam", "AHMADI^MARYAM", "1234567890123456789012"])
def test_what_is_no_id_of_a_sensor_is_not(identity: str) -> None:
    assert "characters" in shown_id(identity)


def test_what_is_not_understood_is_news_once_also_over_a_restart() -> None:
    unknown = UnknownKeys("room", "mqtt")
    (event,) = unknown.not_matched(["SHT3X-0x45"], T0)
    assert (event.kind, event.quality) == (NOT_UNDERSTOOD, "bad")
    assert event.text == "Speaks, but says nothing that its profile knows: keys SHT3X-0x45"
    assert unknown.not_matched(["BME280-76"], T0 + 1) == []
    again = UnknownKeys("room", "mqtt", unknown.news)
    assert again.not_matched(["SHT3X-0x45"], T0 + 2) == []
    (end,) = again.matched(T0 + 3)
    assert end.kind == UNDERSTOOD
    assert again.matched(T0 + 4) == []


def test_who_was_understood_is_given_three_messages_and_who_speaks_in_parts_more() -> None:
    unknown = UnknownKeys("room", "mqtt")
    unknown.matched(T0)
    assert [bool(unknown.not_matched(["AM2301"], T0)) for _ in range(4)] == [
        False,
        False,
        True,
        False,
    ]
    partial = UnknownKeys("room", "mqtt")
    events = [partial.not_matched(["sys"], T0, patience=20) for _ in range(20)]
    assert [bool(news) for news in events] == [False] * 19 + [True]
