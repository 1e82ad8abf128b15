"""How many objects a second are received, parsed and durable on one core, and how memory goes.

    python -m benchmarks.dicom.receive [--objects 5000] [--associations 4] [--pixels] [--without-peers]

Ours is `scanward collect`, as a centre runs it. The peers are dcmtk's storescp and Orthanc, which write
files and parse less or nothing; both on the same core, fed by the same sender on another, in the same run.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.dicom.sender import Template, send_all, templates
from storage.examinations.ledger import Ledger
from tests.support.dicom_peers import Orthanc, Peer, Storescp
from tests.support.ports import free_port, is_free

SITE = """
id: bench
name: Bench
zone: Asia/Kabul
storage: {{folder: {folder}}}
dicom: {{listen: {{port: {port}}}}}
devices:
  - {{id: ct-1, name: CT, profile: siemens-somatom-sensation-16, serial: "91919", dicom: {{ae_titles: [CT1], station_names: [CT99]}}}}
"""
ROOT = Path(__file__).parents[2]
PARTS = 5  # of a run, after each of which memory is looked at
WARM_UP = 200  # objects


class Collector(Peer):
    """`scanward collect` with its receiver."""

    def __init__(self, folder: Path) -> None:
        super().__init__("SCANWARD")
        self.port = free_port()
        self.storage = folder / "storage"
        self._site = folder / "site.yaml"
        self._site.write_text(SITE.format(folder=self.storage, port=self.port), encoding="utf-8")

    def command(self) -> list[str]:
        """As a service starts it."""
        return [sys.executable, "-m", "app", "collect", "--site", str(self._site)]

    def is_ready(self) -> bool:
        """It listens."""
        return not is_free(self.port)


def pinned(peer: Peer, core: int) -> int:
    """Start it on one core; its process id."""
    others = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        peer.start()
    finally:
        os.sched_setaffinity(0, others)
    process = peer._process
    assert isinstance(process, subprocess.Popen)
    return process.pid


def resident_mb(pid: int) -> float:
    """Of the process now."""
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def processor_s(pid: int) -> float:
    """Processor time of a process and its children that have ended."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def measure(name: str, peer: Peer, shapes: list[Template], count: int, associations: int) -> None:
    """One line of the table."""
    pid = pinned(peer, 0)
    try:
        send_all(peer.port, peer.ae_title, shapes, WARM_UP, associations, 0)
        took, memory, spent = 0.0, [resident_mb(pid)], processor_s(pid)
        part = count // PARTS
        for n in range(PARTS):
            first = WARM_UP + n * part
            took += send_all(peer.port, peer.ae_title, shapes, part, associations, first)
            memory.append(resident_mb(pid))
        spent = processor_s(pid) - spent
    finally:
        peer.stop()
    grown = " ".join(f"{mb:.0f}" for mb in memory)
    print(
        f"| {name} | {part * PARTS / took:,.0f} /s | {1000 * spent / count:.2f} ms | {grown} MB |",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--objects", type=int, default=5000)
    parser.add_argument("--associations", type=int, default=4)
    parser.add_argument("--pixels", action="store_true", help="images with 512 x 512 pixels")
    parser.add_argument("--without-peers", action="store_true")
    words = parser.parse_args()
    os.sched_setaffinity(
        0, os.sched_getaffinity(0) - {0} or {0}
    )  # the sender; others inherit core 0
    shapes = templates(with_pixels=words.pixels)
    kinds: dict[str, Callable[[Path], Peer]] = {"ours": Collector}
    if not words.without_peers:
        kinds["storescp (dcmtk)"] = lambda folder: Storescp(folder, "--fork", "--promiscuous")
        kinds["Orthanc"] = lambda folder: Orthanc(folder)
    for name, make in kinds.items():
        with tempfile.TemporaryDirectory() as folder:
            peer = make(Path(folder))
            measure(name, peer, shapes, words.objects, words.associations)
            if isinstance(peer, Collector):
                check(peer, words.objects // PARTS * PARTS + WARM_UP)


def check(collector: Collector, count: int) -> None:
    """What was answered is in the ledger."""
    ledger = Ledger(collector.storage / "examinations.db")
    studies = len(ledger.work("ct-1", 0).studies)
    ledger.close()
    assert studies >= count // 20, f"{studies} of {count // 20} studies"


if __name__ == "__main__":
    began = time.monotonic()
    main()
    print(f"{time.monotonic() - began:.0f} s")
