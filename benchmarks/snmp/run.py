"""What a poll of 20 values costs, stored; beside collectd, whose plugin for SNMP is C around net-snmp.

    python -m benchmarks.snmp.run [--agents 2000] [--seconds 20] [--version 3] [--without-peer]

Every agent has an address of its own and is asked once a second, by ours and then by the peer, of whole
processes the processor seconds. Ours is `scanward collect`: checked, durable (`synchronous=FULL`), and compacted. The
peer writes CSV files without waiting for the disk.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.snmp.agents import BASE, PASSWORD, VALUES, address
from tests.support.ports import UDP, free_port

OIDS = [".".join(map(str, (*BASE, n, 0))) for n in range(1, VALUES + 1)]
WARM_UP_S = 20.0


def write_site(folder: Path, hosts: list[str], port: int, version: str) -> Path:
    """A site of devices with one agent each."""
    metrics = "\n".join(f"  m{n}_v: {{title: M, plausible: [0, 9999]}}" for n in range(VALUES))
    values = "\n".join(f"    - {{metric: m{n}_v, oid: {oid}}}" for n, oid in enumerate(OIDS))
    (folder / "profiles").mkdir(parents=True)
    (folder / "profiles" / "box.yaml").write_text(
        f"title: Box\nmetrics:\n{metrics}\nsnmp:\n  values:\n{values}\n"
    )
    user = (
        'version: "3", user: {name: bench, auth: sha, auth_password: env:BENCH,'
        " privacy: aes, privacy_password: env:BENCH}"
    )
    how = user if version == "3" else "community: public"
    devices = "\n".join(
        f"  - {{id: d{n}, name: Box, profile: box, plans: [],"
        f" sources: [{{kind: snmp, host: {host}, port: {port}, every: 1s, {how}}}]}}"
        for n, host in enumerate(hosts)
    )
    site = folder / "site.yaml"
    site.write_text(
        f"id: bench\nname: Bench\nzone: UTC\nstorage: {{folder: {folder}}}\ndevices:\n{devices}\n"
    )
    return site


@contextmanager
def agents() -> Iterator[int]:
    """The port of a process that answers for all of them."""
    port = free_port(UDP)
    with subprocess.Popen([sys.executable, "-m", "benchmarks.snmp.agents", str(port)]) as process:
        try:
            time.sleep(2)
            yield port
        finally:
            process.kill()


def ours(folder: Path, hosts: list[str], port: int, chosen: argparse.Namespace) -> float:
    """Polls stored a processor second."""
    site = write_site(folder, hosts, port, chosen.version)
    command = [sys.executable, "-m", "benchmarks.snmp.ours", str(site), str(chosen.seconds)]
    made = subprocess.run(
        [*command, "--warm-up", str(WARM_UP_S)],
        env={**os.environ, "BENCH": PASSWORD},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    polls, cost_s = map(float, made.stdout.split())
    print(f"ours: {polls / chosen.seconds:.0f} polls a second, {cost_s:.2f} s of a processor")
    return polls / cost_s


def collectd(folder: Path, hosts: list[str], port: int, chosen: argparse.Namespace) -> float:
    """The same of the peer."""
    program = shutil.which("collectd", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        raise SystemExit("collectd is not installed: --without-peer")
    folder.mkdir()
    (folder / "types.db").write_text(
        "twenty " + ", ".join(f"v{n}:GAUGE:U:U" for n in range(VALUES)) + "\n"
    )
    user = (
        f'Version 3\nSecurityLevel "authPriv"\nUsername "bench"\nAuthProtocol "SHA"\n'
        f'AuthPassphrase "{PASSWORD}"\nPrivacyProtocol "AES"\nPrivacyPassphrase "{PASSWORD}"\n'
    )
    how = user if chosen.version == "3" else 'Version 2\nCommunity "public"\n'
    names = " ".join(f'"{oid}"' for oid in OIDS)
    polled = "\n".join(
        f'<Host "d{n}">\nAddress "{host}:{port}"\n{how}Collect "all"\nInterval 1\n</Host>'
        for n, host in enumerate(hosts)
    )
    settings = folder / "collectd.conf"
    settings.write_text(
        f'BaseDir "{folder}"\nPIDFile "{folder}/pid"\nTypesDB "{folder}/types.db"\n'
        "Interval 1\nReadThreads 8\nLoadPlugin snmp\nLoadPlugin csv\n"
        f'<Plugin csv>\nDataDir "{folder}/csv"\n</Plugin>\n<Plugin snmp>\n<Data "all">\n'
        f'Type "twenty"\nTable false\nValues {names}\n</Data>\n{polled}\n</Plugin>\n'
    )
    with subprocess.Popen([program, "-f", "-C", str(settings)], stdout=subprocess.DEVNULL) as peer:
        try:
            time.sleep(WARM_UP_S)
            before, lines = processor_s(peer.pid), _lines(folder)
            time.sleep(chosen.seconds)
            cost_s, polls = processor_s(peer.pid) - before, _lines(folder) - lines
        finally:
            peer.kill()
    print(f"collectd: {polls / chosen.seconds:.0f} polls a second, {cost_s:.2f} s of a processor")
    return polls / cost_s


def processor_s(pid: int) -> float:
    """Of a process."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")


def _lines(folder: Path) -> int:
    return sum(file.read_bytes().count(b"\n") for file in folder.glob("csv/*/*/*"))


def main() -> None:
    """Both, one after the other, over the same agents."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--agents", type=int, default=2000)
    arguments.add_argument("--seconds", type=float, default=20)
    arguments.add_argument("--version", choices=["2c", "3"], default="2c")
    arguments.add_argument("--without-peer", action="store_true")
    chosen = arguments.parse_args()
    hosts = [address(number) for number in range(chosen.agents)]
    with tempfile.TemporaryDirectory() as place, agents() as port:
        own = ours(Path(place) / "ours", hosts, port, chosen)
        line = f"version {chosen.version}: ours {own:.0f} devices a processor second"
        if not chosen.without_peer:
            peer = collectd(Path(place) / "collectd", hosts, port, chosen)
            line += f", collectd {peer:.0f}, ratio {own / peer:.2f}"
    print(f"{line}; load {os.getloadavg()[0]:.0f}")


if __name__ == "__main__":
    main()
