"""The two site files that ship."""

import ipaddress
import re
from pathlib import Path

import pytest

from core.schema.load import load_site
from core.schema.site import Site
from core.schema.sources.mqtt import MqttSource
from core.schema.sources.snmp import SnmpSource
from tests.config.shelf import CONFIG, DEVICES, write

DOCUMENTATION = ipaddress.ip_network("192.0.2.0/24")  # RFC 5737
THE_CENTRE = {
    "toshiba-aquilion-cx",
    "siemens-somatom-sensation-16",
    "planmed-sophie-classic",
    "planmeca-promax-3d-plus",
    "ge-precision-rxi",
    "hologic-dxa",
    "acuson-s2000",
    "pacs",
    "his-server",
    "ups-rfc1628",
    "chiller",
    "room-sensor",
    "outdoor-sensor",
    "network-switch",
}


def _site(name: str) -> Site:
    return load_site(CONFIG / f"{name}.yaml")


def _profiles(site: Site) -> set[str]:
    return {device.profile_name for device in site.devices.values()}


def _snmp(site: Site) -> list[SnmpSource]:
    return [s for d in site.devices.values() for s in d.sources if isinstance(s, SnmpSource)]


def test_herat_holds_every_device_of_the_centre() -> None:
    assert _profiles(_site("herat")) == THE_CENTRE | {"siemens-magnetom-c"}


def test_the_demo_holds_the_same_and_a_superconducting_magnet() -> None:
    assert _profiles(_site("demo")) == THE_CENTRE | {"demo-magnetom-c", "mri-superconducting"}


@pytest.mark.parametrize("name", ["herat", "demo"])
def test_every_scanner_has_covered_hours_without_friday(name: str) -> None:
    site = _site(name)
    for entry in site.file.devices:
        if site.devices[entry.id].profile.group == "scanner":
            assert entry.covered, entry.id
            assert "fri" not in entry.covered.days


@pytest.mark.parametrize("name", ["herat", "demo"])
def test_every_device_has_a_room_and_a_source(name: str) -> None:
    assert [d.id for d in _site(name).devices.values() if not d.room or not d.sources] == []


@pytest.mark.parametrize("name", ["herat", "demo"])
def test_what_depends_on_what_has_no_circle(name: str) -> None:
    devices = _site(name).devices

    def above(device: str, seen: tuple[str, ...]) -> None:
        assert device not in seen, seen
        for parent in devices[device].depends_on:
            above(parent, (*seen, device))

    for device in devices:
        above(device, ())


def test_herat_has_only_addresses_that_belong_to_nobody() -> None:
    text = (CONFIG / "herat.yaml").read_text(encoding="utf-8")
    found = re.findall(r"\b\d+\.\d+\.\d+\.\d+\b", text)
    assert found
    assert [a for a in found if ipaddress.ip_address(a) not in DOCUMENTATION] == []


def test_the_demo_stays_on_this_computer_and_every_agent_has_its_own_port() -> None:
    site = _site("demo")
    ports = [source.port for source in _snmp(site)]
    assert {source.host for source in _snmp(site)} == {"127.0.0.1"}
    assert len(set(ports)) == len(ports)
    assert min(ports) == 16101
    assert site.file.broker is not None
    assert (site.file.broker.host, site.file.broker.port) == ("127.0.0.1", 18831)


@pytest.mark.parametrize("name", ["herat", "demo"])
def test_no_two_sensors_share_a_topic(name: str) -> None:
    devices = _site(name).devices.values()
    topics = [s.topic for d in devices for s in d.sources if isinstance(s, MqttSource)]
    assert len(set(topics)) == len(topics)


def test_the_settings_that_herat_leaves_out_are_shown_with_their_defaults(tmp_path: Path) -> None:
    """Without its comment sign, each such line of a source changes nothing."""
    text = (CONFIG / "herat.yaml").read_text(encoding="utf-8")
    shown = r"(?m)^( +)# ((?:every|timeout|retries|port|auth|privacy|client_id): )"
    said = re.sub(shown, r"\1\2", text)
    assert said.count("\n") == text.count("\n")
    assert said != text
    with_defaults = load_site(write(tmp_path, "site.yaml", said))
    assert repr(with_defaults.file) == repr(_site("herat").file)


def test_the_tests_know_every_shipped_device() -> None:
    unused = {"mri-philips", "mri-superconducting", "room-avtech", "server", "ups-apc"}
    unused |= {"generator", "transfer-switch", "linac", "dicom-viewer"}
    assert set(DEVICES) == THE_CENTRE | unused | {"demo-magnetom-c", "siemens-magnetom-c"}
