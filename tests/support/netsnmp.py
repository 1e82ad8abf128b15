"""A real net-snmp agent on a free loopback port."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.ports import UDP, free_port

AUTH_PASSWORD = "sara-auth-1"
PRIVACY_PASSWORD = "sara-privacy-1"

_USERS = f"""
createUser sara SHA {AUTH_PASSWORD} AES {PRIVACY_PASSWORD}
createUser sara256 SHA-256 {AUTH_PASSWORD} AES {PRIVACY_PASSWORD}
createUser sara512 SHA-512 {AUTH_PASSWORD}
createUser saramd5 MD5 {AUTH_PASSWORD} DES {PRIVACY_PASSWORD}
createUser saraopen
"""
_ACCESS = """
rouser sara priv
rouser sara256 priv
rouser sara512 auth
rouser saramd5 auth
rouser saraopen noauth
rocommunity public 127.0.0.1
"""


@dataclass(frozen=True)
class Agent:
    """Where it listens."""

    port: int
    process: "subprocess.Popen[bytes]"


@contextmanager
def agent(
    folder: Path, port: int | None = None, engine: str = "scanward-test", boots: int = 1
) -> Iterator[Agent]:
    """snmpd with its own folder; skips where it is not installed."""
    program = shutil.which("snmpd") or shutil.which("snmpd", path="/usr/sbin:/usr/local/sbin")
    if program is None:
        pytest.skip("needs server: snmpd is not installed")
    port = port or free_port(UDP)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "snmpd.conf").write_text(f"engineBoots {boots}\n{_USERS}", encoding="ascii")
    settings = folder / "agent.conf"
    settings.write_text(
        f"agentaddress udp:127.0.0.1:{port}\nengineID {engine}\n{_ACCESS}", encoding="ascii"
    )
    process = subprocess.Popen(
        [program, "-f", "-Lf", str(folder / "log"), "-c", str(settings), "-I", "-smux"],
        env={**os.environ, "SNMP_PERSISTENT_DIR": str(folder), "SNMPCONFPATH": str(folder)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_until_it_answers(port, process, folder)
        yield Agent(port, process)
    finally:
        process.kill()
        process.wait(timeout=10)


def _wait_until_it_answers(port: int, process: "subprocess.Popen[bytes]", folder: Path) -> None:
    # GET sysUpTime.0, community public, version 2c.
    hello = bytes.fromhex(
        "302602010104067075626c6963a01902017f020100020100300e300c06082b060102010103000500"
    )
    until = time.monotonic() + 10
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asker:
        asker.settimeout(0.1)
        asker.connect(("127.0.0.1", port))
        while time.monotonic() < until and process.poll() is None:
            try:
                asker.send(hello)
                asker.recv(2000)
            except OSError:
                time.sleep(0.05)
            else:
                return
    raise AssertionError(f"snmpd does not answer: {(folder / 'log').read_text()[-500:]}")
