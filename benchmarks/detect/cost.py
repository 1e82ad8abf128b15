"""What the detectors cost: a training, a day of a watch, and the memory of a thousand of them.

    python -m benchmarks.detect.cost [--watches 1000]

A watch is fed every ten minutes; the dear part comes once a day, when the day is judged.
"""

import argparse
import pickle
import resource
import time
from pathlib import Path

from alerts.detectors.base import Frame
from alerts.detectors.runner import Watch, train
from app.offline.run_detectors import Door, settings_for
from benchmarks.detect.devices import case
from benchmarks.detect.world import PER_DAY


def rows(frame: Frame, begin: int, end: int) -> Frame:
    return Frame(frame.at[begin:end], {n: c[begin:end] for n, c in frame.columns.items()})


def memory_mb() -> float:
    """Of this process now."""
    pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[1]
    return int(pages) * resource.getpagesize() / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--watches", type=int, default=1000)
    given = parser.parse_args()
    for kind in ("tube", "helium"):
        one = case(kind, 1, faulty=False, days=188)
        frame = Frame(one.at, one.columns)
        settings = settings_for(Door.of(frame), one.metric, None, None)
        history = rows(frame, 0, 180 * PER_DAY + 1)
        start = time.process_time()
        model = train(settings, history)
        learned = time.process_time() - start
        watch = Watch(settings)
        watch.feed(history)
        start = time.process_time()
        watch.adopt(model, history)
        adopted = time.process_time() - start
        start = time.process_time()
        told = [
            verdict
            for row in range(180 * PER_DAY + 1, 187 * PER_DAY + 1)
            for verdict in watch.feed(rows(frame, row, row + 1))
        ]
        day = (time.process_time() - start) / 7
        assert sum(verdict.kind == "normal" for verdict in told) >= 7
        busy = given.watches * day / 86_400
        print(
            f"{kind}: training 180 days {learned:.2f} s, making its days anew {adopted:.2f} s, "
            f"a day of one watch {day * 1000:.0f} ms: {given.watches} watches take {busy:.2%} of a core"
        )
        saved = pickle.dumps(watch.state())
        before = memory_mb()
        many = [Watch.restored(settings, pickle.loads(saved)) for _ in range(given.watches)]
        print(
            f"{kind}: {len(many)} watches take {memory_mb() - before:.0f} MB, saved {len(saved) / 1e3:.0f} kB each"
        )


if __name__ == "__main__":
    main()
