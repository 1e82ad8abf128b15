"""What an answer becomes: a number in the metric's own unit, a gap, or a refusal that names its place."""

import pytest

from collectors.base import StatedUnit, validated
from core.readings import Event, Reading
from core.schema.profile import Profile
from core.schema.site import Device
from core.vocabulary.readings import Quality

GOOD: Quality = "good"
PROFILE = Profile.model_validate(
    {
        "metrics": {
            "room_temp_c": {"title": "Temperature", "unit": "°C", "plausible": [-40, 80]},
            "charge_pct": {"title": "Charge", "unit": "%"},
            "mains_voltage_v": {"title": "Voltage", "unit": "V"},
            "mains_power_w": {"title": "Power", "unit": "W"},
            "air_pressure_hpa": {"title": "Pressure"},  # its name says the unit
            "helium_pressure_psi": {"title": "Pressure", "unit": "psi"},
            "film_count": {"title": "Films", "unit": "films"},
            "door": {"title": "Door", "kind": "state"},
        }
    }
)
DEVICE = Device("ups-1", "UPS", "", "", "test", PROFILE, (), ())


def value_of(metric: str, answer: object, stated: StatedUnit | None = None) -> float | str | None:
    observation = validated(DEVICE, metric, answer, 0, stated=stated)
    if isinstance(observation, Reading):
        return round(observation.value, 6)
    return observation.text if isinstance(observation, Event) else None


@pytest.mark.parametrize(
    ("metric", "answer", "value"),
    [
        ("charge_pct", b"97 %", 97),
        ("charge_pct", b"97\0", 97),
        ("charge_pct", "97%", 97),
        ("charge_pct", "۹۷٪", 97),
        ("room_temp_c", b"24.5 C", 24.5),
        ("room_temp_c", b"24.5\0", 24.5),
        ("room_temp_c", b"24.5 \xb0C", 24.5),  # Latin-1
        ("room_temp_c", "23.5 °C", 23.5),
        ("room_temp_c", "23.5℃", 23.5),
        ("room_temp_c", "23.5 Â°C", 23.5),  # UTF-8 that somebody read as Latin-1
        ("room_temp_c", "۲۳٫۵", 23.5),
        ("room_temp_c", "23,5 °C", 23.5),
        ("room_temp_c", "\u22123.5 °C", -3.5),
        ("room_temp_c", "57.2 °F", 14),
        ("room_temp_c", "296.65 K", 23.5),
        ("mains_voltage_v", b"228.0 V", 228),
        ("mains_voltage_v", "0.228 kV", 228),
        ("mains_power_w", "1.5 kW", 1500),
        ("mains_power_w", "250 mW", 0.25),
        ("mains_power_w", "2 MW", 2e6),
        ("air_pressure_hpa", "760 mmHg", 1013.250144),
        ("air_pressure_hpa", "29.92 inHg", 1013.207589),
        ("air_pressure_hpa", "14.7 psi", 1013.529322),
        ("helium_pressure_psi", "1.01325 bar", 14.695949),
        ("film_count", "12 films", 12),
    ],
)
def test_text_that_holds_a_number_is_one_in_the_metrics_unit(
    metric: str, answer: object, value: float
) -> None:
    assert value_of(metric, answer) == value


@pytest.mark.parametrize(
    "answer", [None, "", "  ", b"", b"\0\0", "n/a", "N/A", b"N/A\0", "unavailable"]
)
def test_no_value_is_a_gap_and_no_event(answer: object) -> None:
    assert validated(DEVICE, "charge_pct", answer, 0) is None


@pytest.mark.parametrize(
    "answer",
    [
        "5 parrots",
        "1_0",
        "0x10",
        "12:30",
        "2026-03-01",
        "1,234",
        "1.2.3",
        "nan",
        "-inf",
        "inf V",
        "5 V 3",
        b"\0\1",
        "v1.5",
        "97 V",
    ],
)
def test_what_is_no_number_of_a_known_unit_is_refused(answer: object) -> None:
    assert isinstance(validated(DEVICE, "charge_pct", answer, 0), Event)


@pytest.mark.parametrize(
    ("metric", "unit", "value"),
    [
        ("room_temp_c", "F", 14),
        ("room_temp_c", "fahrenheit", 14),
        ("room_temp_c", "Celsius", 57.2),
        ("room_temp_c", "parrots", "room_temp_c: a unit that is not known at TempUnit: refused"),
        ("room_temp_c", "V", "room_temp_c: a unit that is not one of °C at TempUnit: refused"),
    ],
)
def test_a_unit_beside_the_number_is_converted_or_refused_with_its_place(
    metric: str, unit: str, value: float | str
) -> None:
    assert value_of(metric, 57.2, StatedUnit(unit, "TempUnit")) == value


def test_a_stated_unit_is_not_scaled_again() -> None:
    def scaled(answer: object, scale: float, stated: StatedUnit | None = None) -> object:
        return validated(DEVICE, "mains_power_w", answer, 0, scale=scale, stated=stated)

    reading = Reading("ups-1", "mains_power_w", 1.5, 0)
    assert scaled(1500, 0.001, StatedUnit("mW", "unit")) == reading
    assert scaled("1500 mW", 0.001) == reading
    assert scaled("1.5 W", 0.1) == reading  # what states its unit is not in tenths
    assert scaled(15, 0.1) == reading
    assert scaled(15, 0.1, StatedUnit("W", "unit")) == reading
    tenths = validated(
        DEVICE, "room_temp_c", 572, 0, scale=0.1, stated=StatedUnit("F", "TempUnit", is_of_all=True)
    )
    assert tenths == Reading("ups-1", "room_temp_c", 14.0, 0)
