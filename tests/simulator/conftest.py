"""The demo's site, and a small one whose devices answer on ports that are free."""

import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from core.schema.load import load_site
from core.schema.site import Site
from tests.support.ports import TCP, UDP, free_port

DEMO = Path(__file__).resolve().parents[2] / "config" / "demo.yaml"

SMALL = """
id: small
name: Small centre
zone: Asia/Kabul
broker: {{host: 127.0.0.1, port: {broker}}}
devices:
  - id: ups-1
    name: UPS
    profile: ups-rfc1628
    sources: [{{kind: snmp, host: 127.0.0.1, port: {ups}, community: public}}]
  - id: pacs
    name: PACS
    profile: pacs
    sources:
      - {{kind: snmp, host: 127.0.0.1, port: {pacs}, version: "1", community: public}}
      - {{kind: logfile, path: {folder}/orthanc.log, format: orthanc}}
  - id: room-1
    name: Room
    profile: room-sensor
    room: Room
    sources: [{{kind: mqtt, topic: room-1}}]
  - id: mri-2
    name: Magnet
    profile: mri-superconducting
    sources: [{{kind: logfile, path: {folder}/magnet.csv, format: magnet_monitor_csv}}]
"""


@pytest.fixture(scope="session")
def demo() -> Site:
    return load_site(DEMO)


@pytest.fixture
def small(tmp_path: Path) -> Site:
    """A UPS, a PACS, a room and a magnet, on this computer."""
    ports = {name: free_port(kind) for name, kind in PORTS.items()}
    path = tmp_path / "small.yaml"
    path.write_text(SMALL.format(folder=tmp_path, **ports), encoding="utf-8")
    return load_site(path)


PORTS = {"broker": TCP, "ups": UDP, "pacs": UDP}


@pytest.fixture
def a_port() -> Callable[[socket.SocketKind], int]:
    return free_port


@pytest.fixture(scope="session")
def readme() -> str:
    return (DEMO.parents[1] / "simulator" / "README.md").read_text(encoding="utf-8")
