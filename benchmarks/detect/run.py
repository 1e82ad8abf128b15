"""Delay and false alarms of `scanward detect` on made devices, beside simpler ways.

    python -m benchmarks.detect.run --seed 9000 --devices 20 [--hard | --way rough] [--kinds tube,magnet]

Each device is written as CSV and read by the command itself; nothing else of the detectors is used.
Tuning was done on seeds below 8000, what is reported on seeds from 9000.
"""

import argparse
import json
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np

from app.cli.detect import detect
from benchmarks.detect import peers
from benchmarks.detect.devices import DEVICES, Case, case
from benchmarks.detect.environment import PER_DAY, START
from benchmarks.detect.rough import rough_case
from core.time.clock import iso

DAY = 86_400_000
MONTH = 30.4
AFTER = 14  # days from the alarm to the forecast that is judged
WAYS = ("scanward detect", *peers.PEERS)


@dataclass
class Outcome:
    """The alarms and forecast of one method on one device; times in days from the first row."""

    kind: str
    way: str
    seed: int
    onset: float | None
    rises: list[float]
    first: float | None  # of the alarms after the onset
    forecast: tuple[float, float, float, float] | None  # truth, low, middle, high: days ahead


def write(device: Case, path: Path) -> None:
    """As someone would export it."""
    names = list(device.columns)
    with path.open("w", encoding="utf-8") as file:
        file.write(",".join(["at", *names]) + "\n")
        for row, at in enumerate(device.at.tolist()):
            cells = (device.columns[name][row] for name in names)
            file.write(
                iso(at) + "," + ",".join("" if np.isnan(c) else f"{c:.6g}" for c in cells) + "\n"
            )


def ours(device: Case) -> list[dict[str, object]]:
    """The verdicts of the command."""
    with tempfile.TemporaryDirectory() as folder:
        file, out = Path(folder) / "in.csv", Path(folder) / "out.jsonl"
        write(device, file)
        detect(
            file,
            metric=device.metric,
            limit=device.limit,
            direction=device.direction,
            zone="UTC",
            out=out,
        )
        return [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]


def days_of(text: object) -> float:
    """Days from the first row to an ISO time; never: infinite."""
    if text is None:
        return float("inf")
    return (datetime.fromisoformat(str(text)).timestamp() * 1000 - START) / DAY


def judge(device: Case, seed: int) -> Iterator[Outcome]:
    """Every way on one device."""
    onset = None if device.onset is None else device.onset / PER_DAY
    verdicts = ours(device)
    alarms = [(days_of(verdict["at"]), bool(verdict["alarm"])) for verdict in verdicts]
    forecast = None
    if onset is not None:
        forecast = _forecast(device, verdicts, onset)
    yield _outcome(device, WAYS[0], seed, onset, alarms, forecast)
    for name, peer in peers.PEERS.items():
        yield _outcome(device, name, seed, onset, peer(device), None)


def _outcome(
    device: Case,
    way: str,
    seed: int,
    onset: float | None,
    alarms: list[tuple[float, bool]],
    forecast: tuple[float, float, float, float] | None,
) -> Outcome:
    rises, before, first = [], False, None
    for at, alarm in alarms:
        if alarm and not before and (onset is None or at < onset):
            rises.append(at)
        if alarm and onset is not None and at >= onset and first is None:
            first = at
        before = alarm
    return Outcome(device.kind, way, seed, onset, rises, first, forecast)


def _forecast(
    device: Case, verdicts: list[dict[str, object]], onset: float
) -> tuple[float, float, float, float] | None:
    """At the first verdict a fortnight after the alarm: truth and forecast, in days ahead of it."""
    first = next(
        (days_of(v["at"]) for v in verdicts if v["alarm"] and days_of(v["at"]) >= onset), None
    )
    if first is None:
        return None
    daily = [v for v in verdicts if v["kind"] in ("anomaly", "normal")]
    verdict = next((v for v in daily if days_of(v["at"]) >= first + AFTER), None)
    if verdict is None:
        return None
    now = days_of(verdict["at"])
    truth = _truth(device, now)
    if truth is None or truth < 2:  # the limit is passed, or never reached
        return None
    low, middle, high = (days_of(verdict[f"limit_at{end}"]) - now for end in ("_low", "", "_high"))
    return truth, low, middle, high


def _truth(device: Case, now: float) -> float | None:
    """Days from day `now` until the limit is reached: by a usual week; by helium that nobody refills."""
    if device.kind != "helium":
        return device.reached - now
    row = int(now * PER_DAY) - 1  # the newest that is known
    level = device.truth[row] + device.ahead[row:] - device.ahead[row]
    beyond = level < device.limit
    return float(beyond.argmax()) / PER_DAY if beyond.any() else None


def work(job: tuple[str, int, bool, str]) -> list[Outcome]:
    """One device; `way` says how its readings are lost."""
    kind, seed, faulty, way = job
    if way.startswith("rough"):
        return list(judge(rough_case(kind, seed, faulty=faulty, easy=way == "rough-easy"), seed))
    return list(judge(case(kind, seed, faulty=faulty, hard=way == "hard"), seed))


def table(outcomes: list[Outcome], kinds: list[str]) -> str:
    """Detected %, median and 90 % delay in days, false alarms per device-month."""
    lines = ["| | " + " | ".join(kinds) + " |", "|---" * (len(kinds) + 1) + "|"]
    for way in WAYS:
        cells = []
        for kind in kinds:
            results = [o for o in outcomes if o.kind == kind and o.way == way]
            faulty = [o for o in results if o.onset is not None]
            delays = [
                o.first - o.onset for o in faulty if o.first is not None and o.onset is not None
            ]
            months = sum((180 if o.onset is None else o.onset) / MONTH for o in results)
            false = sum(len(o.rises) for o in results) / months
            middle, late = np.quantile(delays, [0.5, 0.9]) if delays else (np.nan, np.nan)
            share = 100 * len(delays) / len(faulty)
            cells.append(f"{share:.0f} / {middle:.0f} / {late:.0f} / {false:.3f}")
        lines.append(f"| {way} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def forecasts(outcomes: list[Outcome], kinds: list[str]) -> str:
    """Median error and how often the interval held the truth."""
    lines = ["| | devices | median error | interval holds the truth |", "|---|---|---|---|"]
    for kind in kinds:
        judged = [o.forecast for o in outcomes if o.kind == kind and o.forecast is not None]
        if judged:
            errors = [abs(middle - truth) / truth for truth, _, middle, _ in judged]
            holds = [low <= truth <= high for truth, low, _, high in judged]
            lines.append(
                f"| {kind} | {len(judged)} | {np.median(errors):.0%} | {np.mean(holds):.0%} |"
            )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=9000)
    parser.add_argument("--devices", type=int, default=20, help="faulty, and as many healthy")
    parser.add_argument("--kinds", default=",".join(DEVICES))
    parser.add_argument("--way", choices=("easy", "hard", "rough", "rough-easy"), default="easy")
    parser.add_argument("--hard", action="store_const", const="hard", dest="way")
    parser.add_argument("--processes", type=int, default=1)
    arguments = parser.parse_args()
    kinds = arguments.kinds.split(",")
    seeds = range(arguments.seed, arguments.seed + arguments.devices)
    jobs = [(k, s, f, arguments.way) for s in seeds for k in kinds for f in (True, False)]
    with ProcessPoolExecutor(arguments.processes) as pool:
        outcomes: list[Outcome] = []
        for number, done in enumerate(pool.map(work, jobs), start=1):
            outcomes += done
            if (
                number % (2 * len(kinds)) == 0
            ):  # all kinds have as many: a long run can be looked at
                print(
                    f"\n{number // len(kinds) // 2} devices a kind, faulty, and as many healthy\n"
                )
                print(table(outcomes, kinds), "\n")
                print(forecasts(outcomes, kinds), flush=True)


if __name__ == "__main__":
    main()
