"""What the detectors cost: a training, a day of a runner, and the memory of a thousand of them.

    python -m benchmarks.detect.cost [--watches 1000]

A runner is fed every ten minutes; the dear part comes once a day, when the day is judged.
"""

import argparse
import pickle
import resource
import time
from pathlib import Path

from alerts.detectors.base import Frame
from alerts.detectors.runner import create_runner, restore_runner, train
from app.offline.run_detectors import ExportTable, settings_for
from benchmarks.detect.devices import case
from benchmarks.detect.environment import PER_DAY


def rows(frame: Frame, begin: int, end: int) -> Frame:
    return frame.rows(slice(begin, end))


def memory_mb() -> float:
    """Of this process now."""
    pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[1]
    return int(pages) * resource.getpagesize() / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--watches", type=int, default=1000)
    arguments = parser.parse_args()
    for kind in ("tube", "helium"):
        device = case(kind, 1, faulty=False, days=188)
        frame = Frame(device.at, device.columns)
        settings = settings_for(ExportTable.of(frame), device.metric, None, None)
        history = rows(frame, 0, 180 * PER_DAY + 1)
        start = time.process_time()
        model = train(settings, history)
        training_s = time.process_time() - start
        runner = create_runner(settings)
        runner.feed(history)
        start = time.process_time()
        runner.adopt(model, history)
        adopting_s = time.process_time() - start
        start = time.process_time()
        verdicts = [
            verdict
            for row in range(180 * PER_DAY + 1, 187 * PER_DAY + 1)
            for verdict in runner.feed(rows(frame, row, row + 1))
        ]
        day_s = (time.process_time() - start) / 7
        assert sum(verdict.kind == "normal" for verdict in verdicts) >= 7
        busy = arguments.watches * day_s / 86_400
        print(
            f"{kind}: training 180 days {training_s:.2f} s, making its days anew {adopting_s:.2f} s, "
            f"a day of one watch {day_s * 1000:.0f} ms: {arguments.watches} watches take {busy:.2%} of a core"
        )
        saved = pickle.dumps(runner.state())
        before = memory_mb()
        runners = [restore_runner(settings, pickle.loads(saved)) for _ in range(arguments.watches)]
        print(
            f"{kind}: {len(runners)} watches take {memory_mb() - before:.0f} MB, saved {len(saved) / 1e3:.0f} kB each"
        )


if __name__ == "__main__":
    main()
