"""The demo's site file: that of `config/demo.yaml` with a folder of its own, and ports that are free."""

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from storage.files.atomic import own_folder

CONFIG = Path(__file__).resolve().parents[2] / "config" / "demo.yaml"
CONFIGURED_PORT = 8501  # for which the ports of config/demo.yaml stand


def site_file(folder: Path) -> Path:
    """Where it lies in the demo's folder."""
    return folder / "site.yaml"


def write_site_file(folder: Path, port: int) -> Path:
    """Its path. It is written anew at each start, for another program may have taken a port since."""
    raw = _raw(folder)
    raw["http"]["port"] = port
    # Another demo may have chosen its ports and not be listening yet: each has a range of its own.
    shift = (port - CONFIGURED_PORT) * 10 % 40_000
    raw["broker"]["port"] = _free_port(raw["broker"]["port"] + shift, socket.SOCK_STREAM)
    ports: dict[int, int] = {}  # of DICOM: the PACS stands in two of its sources
    for entry, kind in _ports(raw):
        usual = entry["port"]
        if kind == socket.SOCK_DGRAM or usual not in ports:
            ports[usual] = _free_port(usual + shift, kind)
        entry["port"] = ports[usual]
    own_folder(folder)
    path = site_file(folder)
    path.write_text(yaml.safe_dump(raw, sort_keys=False, allow_unicode=True), encoding="utf-8")
    return path


def is_of_this_demo(folder: Path) -> bool:
    """Is the site file that is there, but for its ports, the one that would be written now?"""
    try:
        there = yaml.safe_load(site_file(folder).read_text(encoding="utf-8"))
        return bool(_without_ports(there) == _without_ports(_raw(folder)))
    except (OSError, ValueError, yaml.YAMLError, LookupError, TypeError):
        return False


def is_free(port: int, kind: socket.SocketKind = socket.SOCK_STREAM) -> bool:
    """Does nobody listen on this port of this computer?"""
    with socket.socket(socket.AF_INET, kind) as probe:
        if kind == socket.SOCK_STREAM:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _raw(folder: Path) -> Any:
    return yaml.safe_load(CONFIG.read_text(encoding="utf-8").replace("var/demo", str(folder)))


def _without_ports(raw: Any) -> Any:
    for entry in (raw["http"], raw["broker"], *(entry for entry, _ in _ports(raw))):
        entry.pop("port", None)
    return raw


def _ports(raw: Any) -> Iterator[tuple[dict[str, Any], socket.SocketKind]]:
    """Whatever of the site file has a port of its own, and over what it speaks."""
    yield raw["dicom"]["listen"], socket.SOCK_STREAM
    for device in raw["devices"]:
        for source in device["sources"]:
            if "port" in source:
                is_snmp = source["kind"] == "snmp"
                yield source, socket.SOCK_DGRAM if is_snmp else socket.SOCK_STREAM


def _free_port(port: int, kind: socket.SocketKind) -> int:
    if is_free(port, kind):
        return port
    with socket.socket(socket.AF_INET, kind) as any_port:
        any_port.bind(("127.0.0.1", 0))
        return int(any_port.getsockname()[1])
