"""Scanward's side: a process that stores, and the engine that judges, as `scanward alert` runs it."""

import argparse
import resource
import time
from pathlib import Path

from sqlalchemy import func, select

from alerts.evaluation.engine import AlertEngine
from app.services.alert import ROUND_S
from benchmarks.alerts import load
from core.readings import Batch, Reading
from core.schema.load import load_site
from core.schema.site import Site
from storage.records import Records, Transition
from storage.series import SeriesReader, SeriesWriter


def write_site(folder: Path) -> Path:
    """A site with ten limits a device, and the two that every device has."""
    metrics = "\n".join(f"  {load.metric(kind)}: {{title: V}}" for kind in range(load.METRICS))
    rules = "\n".join(
        f"  - {{id: high_{kind}, title: High, metric: {load.metric(kind)}, above: {load.LIMIT},"
        f" for: {load.HOLD_S}s, severity: error, basis: engineering}}"
        for kind in range(load.METRICS)
    )
    values = f"snmp: {{values: [{{metric: {load.metric(0)}, oid: 1.3.6.1.1}}]}}"
    (folder / "profiles").mkdir()
    (folder / "profiles" / "box.yaml").write_text(
        f"title: Box\nmetrics:\n{metrics}\nrules:\n{rules}\n{values}\n"
    )
    devices = "\n".join(
        f"  - {{id: {load.device(number)}, name: Box, profile: box, plans: [],"
        " sources: [{kind: snmp, host: 192.0.2.1, community: c}]}"
        for number in range(load.DEVICES)
    )
    site = folder / "site.yaml"
    site.write_text(
        f"id: bench\nname: Bench\nzone: UTC\nstorage: {{folder: {folder}}}\ndevices:\n{devices}\n"
    )
    return site


def store(site: Site, seconds: float) -> None:
    """Append each device's readings once in ten seconds, spread evenly, for so long."""
    writer = SeriesWriter(site.series_path)
    start, sent = time.time(), 0
    while time.time() - start < seconds:
        due = int((time.time() - start) * load.DEVICES / load.EVERY_S)
        while sent < due:
            number, at = sent % load.DEVICES, time.time()
            batch = [
                Reading(
                    load.device(number), load.metric(kind), load.value(number, kind, at), _ms(at)
                )
                for kind in range(load.METRICS)
            ]
            batch.append(Reading(load.device(number), "up", 1, _ms(at), "snmp"))
            writer.append([Batch(batch)])
            sent += 1
        writer.compact()
        time.sleep(0.05)
    writer.close()


def judge(site: Site, seconds: float) -> None:
    """Judge for so long; print the processor's part of one core, and the delay of transitions."""
    records = Records(site.records_url)
    records.upgrade()
    engine = AlertEngine(site, SeriesReader(site.series_path), records)
    delays: list[float] = []
    start, used, seen = time.time(), _used(), 0
    while time.time() - start < seconds:
        while engine.step() and engine.is_behind:
            seen = _note_delays(records, seen, delays)
        engine.tick(_ms(time.time()))
        seen = _note_delays(records, seen, delays)
        time.sleep(ROUND_S)
    # What stands in the first seconds began before the engine did.
    delays = sorted(delays)
    share = (_used() - used) / (time.time() - start)
    p99 = delays[len(delays) * 99 // 100] if delays else float("nan")
    print(f"{share:.4f} {len(delays)} {p99:.3f} {max(delays, default=0):.3f}", flush=True)


def _note_delays(records: Records, seen: int, delays: list[float]) -> int:
    now = time.time()
    with records.reading() as db:
        rows = db.execute(select(Transition.id, Transition.at).where(Transition.id > seen)).all()
        delays += [now - at / 1000 for _, at in rows]
        return int(db.scalar(select(func.coalesce(func.max(Transition.id), 0))) or 0)


def _used() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def _ms(second: float) -> int:
    return int(second * 1000)


if __name__ == "__main__":
    arguments = argparse.ArgumentParser()
    arguments.add_argument("part", choices=["store", "judge"])
    arguments.add_argument("site", type=Path)
    arguments.add_argument("seconds", type=float)
    chosen = arguments.parse_args()
    {"store": store, "judge": judge}[chosen.part](load_site(chosen.site), chosen.seconds)
