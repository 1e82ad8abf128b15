"""What a changed limit would have done, tried in a process of its own, one at a time.

Ninety days are replayed twice, by the rules as they are and as they would be; no page waits for it.
"""

import io
import json
import re
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal

from core.errors import RefusedError

LIMIT_S = 900.0  # of both replays; an old machine needs a minute for a device with a year; ours
MOST_READ = 20_000_000

RunState = Literal["running", "ended", "too_long", "failed"]

_PERCENT = re.compile(rb"(\d{1,3}) %")
_RUNNING = threading.Lock()


@dataclass(frozen=True, slots=True)
class TriedAlert:
    """An alert of a replay; `ended_at` None: it was open at the end. Times are UTC ms."""

    component: str
    fired_at: int
    ended_at: int | None
    value: float | None


@dataclass(frozen=True, slots=True)
class TriedSide:
    """What one set of rules would have done between two moments."""

    start: int
    end: int
    alerts: tuple[TriedAlert, ...]
    messages: int


@dataclass
class BacktestRun:
    """A trial of one change, and how far it is."""

    change: str  # `ADDRESS=VALUE`: another change is another run
    state: RunState = "running"
    percent: int = 0  # of both replays together
    present: TriedSide | None = None
    changed: TriedSide | None = None
    why: str = ""  # it failed

    def watch(self, call: Sequence[str], limit_s: float) -> None:
        """Until the process has ended; then let the next begin."""
        state: RunState = "failed"
        try:
            with tempfile.TemporaryFile() as output:
                state = self._ended(call, limit_s, output)
                if state == "ended":
                    output.seek(0)
                    sides = json.loads(output.read(MOST_READ))
                    self.present, self.changed = _side(sides["present"]), _side(sides["changed"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            self.why, state = str(error), "failed"
        finally:
            self.state = state
            _RUNNING.release()

    def _ended(self, call: Sequence[str], limit_s: float, output: IO[bytes]) -> RunState:
        """Follow the process, which counts to 100 twice, until it has ended."""
        process = subprocess.Popen(  # noqa: S603  our own command
            call, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.PIPE
        )
        assert isinstance(process.stderr, io.BufferedReader)
        timer = threading.Timer(limit_s, process.kill)
        timer.start()
        tail, last, turns = b"", 0, 0
        with process.stderr as progress:
            while chunk := progress.read1(4096):
                tail = (tail + chunk)[-2_000:]
                for shown in _PERCENT.findall(chunk):
                    turns += int(shown) < last
                    last = int(shown)
                self.percent = min((100 * turns + last) // 2, 99)
        code = process.wait()
        timer.cancel()
        if code == -signal.SIGKILL:
            return "too_long"
        lines = tail.decode("utf-8", "replace").strip().splitlines()
        self.why = lines[-1][:400] if code and lines else ""
        return "failed" if code else "ended"


def start(
    site_path: Path,
    device: str,
    rule: str,
    change: str,
    command: Sequence[str] = (sys.executable, "-m", "app"),
    limit_s: float = LIMIT_S,
) -> BacktestRun:
    """Begin to try a change, `ADDRESS=VALUE`. RefusedError while another is tried."""
    if not _RUNNING.acquire(blocking=False):
        raise RefusedError("another limit is being tried: wait until it has ended")
    run = BacktestRun(change)
    words = ["backtest", "--device", device, "--rule", rule, "--since", "90d", "--set", change]
    call = [*command, *words, "--json", "--site", str(site_path.absolute())]
    threading.Thread(
        target=run.watch, args=(call, limit_s), name="limit-trial", daemon=True
    ).start()
    return run


def _side(result: dict[str, object]) -> TriedSide:
    alerts, messages = result["alerts"], result["messages"]
    assert isinstance(alerts, list)
    assert isinstance(messages, list)
    ours = [alert for alert in alerts if alert["fired_by"] != "present"]
    return TriedSide(
        int(str(result["start"])),
        int(str(result["end"])),
        tuple(TriedAlert(a["component"], a["fired_at"], a["ended_at"], a["value"]) for a in ours),
        len(messages),
    )
