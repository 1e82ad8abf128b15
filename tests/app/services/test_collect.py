"""The collector as a process: a busy one accuses nobody of its agents, and ends when it is told to."""

import asyncio
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.services import collect as service
from core.errors import StoreError
from core.readings import Batch
from core.schema.load import load_site
from storage.series import SeriesReader

pytestmark = pytest.mark.servers

ROOT = Path(__file__).parents[3]
AGENTS = 1000
STOP_WITHIN_S = 5.0


@contextmanager
def fleet() -> Iterator[int]:
    """The port of a process that answers for all agents from memory."""
    command = [sys.executable, "-m", "tests.support.agent_fleet"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.kill()


@contextmanager
def collector(folder: Path, devices: str) -> Iterator["subprocess.Popen[bytes]"]:
    """`scanward collect` on a site of these devices; its log is beside the site file."""
    site = folder / "site.yaml"
    site.write_text(
        f"id: busy\nname: Busy\nzone: Asia/Kabul\nstorage: {{folder: {folder / 'data'}}}\n{devices}"
    )
    with (folder / "log").open("wb") as log:
        command = [sys.executable, "-m", "app", "collect", "--site", str(site)]
        with subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log) as process:
            try:
                yield process
            finally:
                process.kill()


@contextmanager
def half_a_core(process: "subprocess.Popen[bytes]") -> Iterator[None]:
    """Let a process run for 50 ms of every 100, however idle the machine is."""
    is_over = threading.Event()

    def throttle() -> None:
        while not is_over.wait(0.05):
            process.send_signal(signal.SIGSTOP)
            is_over.wait(0.05)
            process.send_signal(signal.SIGCONT)

    throttling = threading.Thread(target=throttle)
    throttling.start()
    try:
        yield
    finally:
        is_over.set()
        throttling.join()


def ups(folder: Path) -> list[float]:
    """The newest `up` of every device that has one."""
    try:
        latest = SeriesReader(folder / "data" / "series.db").latest()
    except StoreError:
        return []
    return [reading.value for reading in latest if reading.metric == "up"]


def wait_until(holds: Callable[[], bool], within_s: float = 100.0) -> None:
    until = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.2)


def snmp_devices(port: int, count: int, settings: str = "every: 10s") -> str:
    source = f"{{kind: snmp, host: 127.0.0.1, port: {port}, community: public, {settings}}}"
    return "devices:\n" + "".join(
        f"  - {{id: switch-{n}, name: Switch {n}, profile: network-switch, sources: [{source}]}}\n"
        for n in range(count)
    )


def test_a_thousand_agents_on_half_a_core_all_answer_and_sigterm_ends_it_in_time(
    tmp_path: Path,
) -> None:
    with fleet() as port, collector(tmp_path, snmp_devices(port, AGENTS)) as process:
        wait_until(lambda: bool(ups(tmp_path)))
        with half_a_core(process):
            wait_until(lambda: len(ups(tmp_path)) == AGENTS)
            process.send_signal(signal.SIGTERM)
            began = time.monotonic()
            assert process.wait(30) == 0
            took_s = time.monotonic() - began

    assert set(ups(tmp_path)) == {1.0}
    assert "unreachable" not in (tmp_path / "log").read_text()
    assert took_s < STOP_WITHIN_S


def test_sigterm_ends_it_although_nobody_answers_the_names_of_its_agents(tmp_path: Path) -> None:
    devices = snmp_devices(9, 200, "every: 1s, timeout: 30s")
    with collector(tmp_path, devices.replace("127.0.0.1", "no-such-host.invalid")) as process:
        wait_until(lambda: "collecting from" in (tmp_path / "log").read_text())
        process.send_signal(signal.SIGTERM)
        began = time.monotonic()
        assert process.wait(30) == 0
        assert time.monotonic() - began < STOP_WITHIN_S


def test_a_store_that_is_full_does_not_keep_it_from_ending(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    class FullWriter:
        """A store without room, which was met with something to store."""

        def __init__(self) -> None:
            self.refusals = 0
            self.has_refused_for_long = threading.Event()  # by then others wait as well

        def append(self, batches: list[Batch]) -> None:
            self.refusals += 1
            if self.refusals == 3:
                self.has_refused_for_long.set()
            raise StoreError("the disk is full")

        def position(self, _key: str) -> None:
            """Nothing was ever stored."""

        def compact(self, *, everything: bool) -> bool:
            return False

        def apply_retention(self, keep: object, now: int) -> bool:
            return False

        def close(self) -> None: ...

    writer = FullWriter()
    monkeypatch.setattr(service, "open_or_quarantine", lambda *_: (writer, None))
    (tmp_path / "site.yaml").write_text(
        f"id: full\nname: Full\nzone: Asia/Kabul\nstorage: {{folder: {tmp_path}}}\n"
        + snmp_devices(9, 3, "every: 1s, timeout: 100ms")
    )

    async def stopped_s() -> float:
        stop = asyncio.Event()
        work = asyncio.create_task(service.collect(load_site(tmp_path / "site.yaml"), stop))
        await asyncio.to_thread(writer.has_refused_for_long.wait, 60)
        began = time.monotonic()
        stop.set()
        await work
        return time.monotonic() - began

    assert asyncio.run(stopped_s()) < STOP_WITHIN_S
    assert "the store does not take what still waits" in caplog.text
