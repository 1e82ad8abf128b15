"""Ten thousand rules over ten thousand series, each new every ten seconds, beside Prometheus.

    python -m benchmarks.alerts.run [--seconds 120]

Both run at once on the same machine with the same series, limits and holds. Prometheus scrapes them
from an exporter each ten seconds and evaluates as often; Alertmanager takes its alerts. It needs
Debian's packages prometheus and prometheus-alertmanager; without them only ours is measured.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.alerts.ours import write_site
from benchmarks.alerts.prometheus import Prometheus


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--seconds", type=int, default=120)
    seconds = arguments.parse_args().seconds
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        site = write_site(folder)
        peer = Prometheus(folder / "peer") if shutil.which("prometheus") else None
        store = _part("store", site, seconds + 10)
        judge = _part("judge", site, seconds)
        output, _ = judge.communicate()
        share, count, p99, longest = output.split()
        print(f"ours: {float(share):.1%} of one core, {count} transitions,", end=" ")
        print(f"from stored to transition p99 {p99} s, longest {longest} s")
        if peer is not None:
            print(f"Prometheus and Alertmanager: {peer.share():.1%} of one core,", end=" ")
            print(f"from shown to pending p99 {peer.delay():.1f} s")
            peer.stop()
        store.terminate()
        store.wait()


def _part(name: str, site: Path, seconds: int) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "benchmarks.alerts.ours", name, str(site), str(seconds)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


if __name__ == "__main__":
    main()
