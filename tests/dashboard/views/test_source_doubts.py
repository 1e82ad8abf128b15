"""Which doubts about a source still hold."""

from core.readings import DEVICE_CLOCK, NOT_UNDERSTOOD, UNDERSTOOD, UNKNOWN_PROBE, Event
from dashboard.views.source_doubts import SourceDoubt, source_doubts


def event(kind: str, at: int, text: str = "", code: str = "", component: str = "mqtt") -> Event:
    return Event("ct-1", kind, text, at, "warning", component, code)


def test_a_later_word_ends_an_earlier_of_the_same_source_only() -> None:
    events = [
        event(UNDERSTOOD, 4),
        event(DEVICE_CLOCK, 3, "Its clock is 4 h 30 min behind", "-4 h 30 min"),
        event(NOT_UNDERSTOOD, 2, "Speaks, but ...: keys BME280-76"),
        event(NOT_UNDERSTOOD, 1, "Speaks, but ...: keys AM2301", component="room-mqtt"),
        event(UNKNOWN_PROBE, 1, "A probe ...: A1 (DS18B20-1)"),
        event(UNKNOWN_PROBE, 0, "A probe ...: F9 (DS18B20-2)"),
    ]
    assert source_doubts(events) == [
        SourceDoubt("mqtt", DEVICE_CLOCK, "-4 h 30 min"),
        SourceDoubt("room-mqtt", NOT_UNDERSTOOD, "keys AM2301"),
        SourceDoubt("mqtt", UNKNOWN_PROBE, "A1 (DS18B20-1)"),
        SourceDoubt("mqtt", UNKNOWN_PROBE, "F9 (DS18B20-2)"),
    ]


def test_a_clock_that_is_right_again_is_no_doubt() -> None:
    right = event(DEVICE_CLOCK, 2, "Its clock is right again")
    assert source_doubts([right, event(DEVICE_CLOCK, 1, "...", "+1 h")]) == []
