"""Log lines a processor second, from the file to the store; beside rsyslog, which copies lines into a file.

    python -m benchmarks.logfile.run [--lines 300000] [--without-peer]

Lines as a scanner's log has them, of the shipped profile of the SOMATOM Sensation, whose five patterns are searched in each; one in twenty
matches. Ours reads and stores them (`synchronous=FULL`), with the position of the file in the same commit. rsyslog reads the same file by imfile
and writes each line that one of the same five expressions finds into a file; it does not read times, and syncs nothing.
"""

import argparse
import asyncio
import os
import random
import resource
import shutil
import subprocess
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from app.clock import now
from app.services.store_sink import StoreSink
from collectors.logfile import sources
from core.schema.load import load_site
from core.schema.storage import Retention
from storage.series import SeriesReader, SeriesWriter

ORDINARY = (
    "Image reconstruction of series 4 has been finished",
    "Cooling control: setpoint reached, next check in 30 s",
    "Table moved to position 1042.5 mm",
    "Transfer of 412 images to PACS has been queued",
)
MATCHING = (
    "TubeScanSeconds: 4711",
    "Free Resources: DB: Local 28270 MB",
    "XCS: Tube arc detected in rotor",
    "Scan aborted by the operator",
)
SITE = """
id: bench
name: Bench
zone: Asia/Kabul
storage: {{folder: {folder}}}
devices:
  - id: ct-1
    name: CT
    profile: siemens-somatom-sensation-16
    plans: []
    sources: [{{kind: logfile, path: {log}, format: syngo_tab}}]
"""


def write_log(path: Path, lines: int) -> None:
    """So many lines of the last hours, the newest first."""
    dice = random.Random(7)
    at = datetime.now(UTC) + timedelta(hours=4, minutes=30)
    with path.open("w", encoding="utf-8", newline="") as log:
        for _ in range(lines):
            at -= timedelta(seconds=dice.random() / 5)
            text = dice.choice(MATCHING if dice.random() < 0.05 else ORDINARY)
            task, code = f"CT_{dice.randrange(9)}", dice.randrange(1000)
            log.write(
                f"{dice.choice('IIIIIIW')}\t{at:%Y-%m-%d\t%H:%M:%S}\t{task}\t{code}\t{text}\r\n"
            )


async def read_once(site_file: Path) -> None:
    """All that the file has, into the store."""
    site = load_site(site_file)
    sink = StoreSink(SeriesWriter(site.series_path), Retention(), now)
    storing = asyncio.create_task(sink.run())
    (source,) = sources(site, sink, now)
    await source.once()
    storing.cancel()
    await sink.close()


def ours(folder: Path, log: Path) -> float:
    """Processor seconds."""
    site = folder / "site.yaml"
    site.write_text(SITE.format(folder=folder / "storage", log=log), encoding="utf-8")
    load_site(site)
    before = _used_s()
    asyncio.run(read_once(site))
    cost_s = _used_s() - before
    reader = SeriesReader(load_site(site).series_path)
    page = reader.since(0, 10_000_000)
    print(f"ours: {len(page.readings)} readings and {len(page.events)} events stored")
    return cost_s


def rsyslog(folder: Path, log: Path, lines: int) -> float:
    """Processor seconds of the peer."""
    program = shutil.which("rsyslogd", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        raise SystemExit("rsyslogd is not installed: --without-peer")
    every, chosen = folder / "count", folder / "chosen"
    expressions = (
        "TubeScanSeconds:[[:space:]]*[0-9]+",
        "Free Resources: DB: Local [0-9]+ MB",
        "[tT]ube arc|arc(ing)? detected",
        "[sS]can (was )?abort",
        "^E",
    )
    tests = " or ".join(f're_match($msg, "{expression}")' for expression in expressions)
    settings = folder / "rsyslog.conf"
    settings.write_text(
        f'global(workDirectory="{folder}")\nmodule(load="imfile")\n'
        f'input(type="imfile" File="{log}" Tag="ct" reopenOnTruncate="on")\n'
        f'if {tests} then action(type="omfile" File="{chosen}")\n'
        f'if $msg contains "{END}" then action(type="omfile" File="{every}")\n'
    )
    with subprocess.Popen([program, "-n", "-f", str(settings), "-i", str(folder / "pid")]) as peer:
        try:
            while not every.exists():
                time.sleep(0.05)
            fields = Path(f"/proc/{peer.pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1]
            cost_s = sum(map(int, fields.split()[11:13])) / os.sysconf("SC_CLK_TCK")
        finally:
            peer.terminate()
    print(f"rsyslog: {chosen.read_bytes().count(10)} of {lines} lines chosen")
    return cost_s


END = "the last line of all"


def _used_s() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def main() -> None:
    """Both, one after the other, of the same lines."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--lines", type=int, default=300_000)
    arguments.add_argument("--without-peer", action="store_true")
    chosen = arguments.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder, log = Path(place), Path(place) / "EvtApplication_Today.txt"
        write_log(log, chosen.lines)
        own = chosen.lines / ours(folder, log)
        line = f"ours {own:.0f} lines a processor second"
        if not chosen.without_peer:
            with log.open("a", encoding="utf-8") as file:
                file.write(f"I\t2026-01-01\t00:00:00\tCT\t1\t{END}\r\n")
            peer = chosen.lines / rsyslog(folder, log, chosen.lines)
            line += f", rsyslog {peer:.0f}, ratio {own / peer:.2f}"
    print(f"{line}; load {os.getloadavg()[0]:.0f}")


if __name__ == "__main__":
    main()
