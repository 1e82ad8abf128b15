"""Whether a page must make the plan of a power cut at all."""

import pytest

from alerts.power import may_be_cut
from core.readings import Reading
from tests.alerts.power.centre import PowerCentre

NOW = 1_760_000_400_000
ON_MAINS, ON_BATTERY = 3.0, 5.0


@pytest.mark.parametrize(
    ("metric", "value", "expected"),
    [
        ("output_source", ON_BATTERY, True),
        ("output_source", ON_MAINS, False),
        ("on_battery_s", 12.0, True),
        ("on_battery_s", 0.0, False),
        ("battery_charge_pct", ON_BATTERY, False),
    ],
)
def test_a_ups_hints_at_a_cut(
    power: PowerCentre, metric: str, value: float, expected: bool
) -> None:
    assert may_be_cut(power.site, [Reading("ups-1", metric, value, NOW)]) is expected


def test_what_no_ups_brings_is_no_hint(power: PowerCentre) -> None:
    others = [Reading(name, "on_battery_s", 12.0, NOW) for name in ("ct-1", "no-such")]
    assert not may_be_cut(power.site, others)
    assert not may_be_cut(power.site, [])
