"""The profile's map turned round: what is divided when read is multiplied when said."""

import pytest

from core.schema.site import Site
from core.schema.sources.snmp import SnmpMap, SnmpSource
from simulator.wire.snmp import SnmpRaw, snmp_answers
from tests.simulator.test_centre import KABUL_MONDAY, a_centre


def answers(site: Site, device_id: str) -> dict[str, SnmpRaw]:
    device = site.devices[device_id]
    source = next(s for s in device.sources if isinstance(s, SnmpSource))
    return snmp_answers(device, source, a_centre(site).values(device_id), KABUL_MONDAY)


def test_every_object_that_the_profile_names_is_answered(demo: Site) -> None:
    for device in demo.devices.values():
        if not any(isinstance(source, SnmpSource) for source in device.sources):
            continue
        oids = set(answers(demo, device.id))
        scalars = [value.oid for value in SnmpMap.of(device.profile).values]
        columns = [table.oid for table in SnmpMap.of(device.profile).tables]
        assert [oid for oid in scalars if oid not in oids] == []
        assert [c for c in columns if not any(o.startswith(f"{c}.") for o in oids)] == []


def test_a_scale_is_turned_round(demo: Site) -> None:
    volts = a_centre(demo).values("ups-1")["battery_voltage_v", ""]
    assert answers(demo, "ups-1")["1.3.6.1.2.1.33.1.2.5.0"].value == round(volts * 10)


def test_a_disk_is_told_as_size_and_used_with_its_label(demo: Site) -> None:
    objects = answers(demo, "pacs")
    used, size = (
        objects["1.3.6.1.2.1.25.2.3.1.6.2"].value,
        objects["1.3.6.1.2.1.25.2.3.1.5.2"].value,
    )
    assert objects["1.3.6.1.2.1.25.2.3.1.3.2"] == SnmpRaw("OctetString", b"/data")
    percent = a_centre(demo).values("pacs")["disk_used_pct", "/data"]
    assert isinstance(used, int)
    assert isinstance(size, int)
    assert 100 * used / size == pytest.approx(percent, abs=0.001)


def test_each_object_has_the_type_that_its_mib_gives_it(demo: Site) -> None:
    switch = answers(demo, "switch-1")
    assert switch["1.3.6.1.2.1.1.3.0"].kind == "TimeTicks"
    assert switch["1.3.6.1.2.1.2.2.1.8.1"] == SnmpRaw("Integer", 1)
    assert switch["1.3.6.1.2.1.2.2.1.14.1"].kind == "Counter32"
    assert switch["1.3.6.1.2.1.31.1.1.1.6.1"].kind == "Counter64"
    assert switch["1.3.6.1.2.1.31.1.1.1.1.1"].kind == "OctetString"
