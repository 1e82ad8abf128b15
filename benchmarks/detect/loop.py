"""What it costs to run the detectors of a thousand metrics: CPU of one core, and memory.

    python -m benchmarks.detect.loop [--metrics 1000] [--cells 12]

A site of so many magnets with one drift detector each, in rooms of ten with an outdoor sensor for all.
One of them has 100 days of history and learns; its model is taken for all, because this is about
running, not about learning. Then the loop lives through some cells of ten minutes, over the end
of a local day, with all it does in them: reading the store, judging, writing verdicts and files.
"""

import argparse
import resource
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import yaml

from alerts.detection import Detection
from alerts.detection.backend import BACKEND
from alerts.detection.features import frames
from alerts.detection.instance import settings_digest
from alerts.detection.load import load_instance
from alerts.detection.manual_training import train_now
from alerts.detection.targets import detector_targets
from alerts.detectors.base import CELL
from alerts.detectors.common.resample import day_after
from core.readings import Batch, Reading
from core.schema.load import load_site
from core.schema.site import Site
from core.time.clock import DAY, HOUR, MINUTE, SECOND
from storage.detector_models.store import ModelStore
from storage.records import Records
from storage.series import SeriesReader, SeriesWriter

T0 = 1_790_000_000_000 // DAY * DAY
HISTORY = 100 * DAY
EVERY = 30 * SECOND  # of a device that is asked live

PROFILE = """
title: Magnet
metrics:
  magnet_temp_c: {title: Magnet temperature, unit: °C}
  room_temp_c: {title: Room temperature, unit: °C}
  outdoor_temp_c: {title: Outdoor temperature, unit: °C}
detectors:
  - {id: drift, kind: drift, metric: magnet_temp_c, worth: 0.03,
     context: {room_temp_c: room_temp_c, outdoor_temp_c: outdoor_temp_c}}
snmp: {values: [{metric: magnet_temp_c, oid: 1.3.6.1.1}]}
"""


def main() -> None:
    """Print one line of figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--metrics", type=int, default=1000)
    parser.add_argument("--cells", type=int, default=12)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        run(Path(folder), arguments.metrics, arguments.cells)


def run(folder: Path, metrics: int, cells: int) -> None:
    """Set up, live through `cells`, and print."""
    site = make_site(folder, metrics)
    writer = SeriesWriter(site.series_path)
    end = day_after(T0, site.zone) - (cells // 2) * CELL
    fill(writer, ["m-0", "r-0", "outdoor"], end - HISTORY, end - HOUR, 10 * MINUTE)
    fill(writer, list(site.devices), end - HOUR, end, EVERY)
    records = Records(site.records_url)
    records.upgrade()
    series, models = SeriesReader(site.series_path), ModelStore(site.models_path)
    copy_first_model(site, series, records, models, end)
    detection = Detection(site, series, records, models)
    while detection.step(end + 3 * MINUTE):
        pass
    steps = []
    for number in range(1, cells + 1):
        now = end + number * CELL
        fill(writer, list(site.devices), now - CELL, now, EVERY)
        began = time.process_time()
        for second in range(0, CELL, 10 * SECOND):
            detection.step(now + 3 * MINUTE + second)
        steps.append(time.process_time() - began)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    size = sum(path.stat().st_size for path in site.models_path.glob("*/*.model"))
    usual, worst = float(np.median(steps)), max(steps)
    print(
        f"{metrics} detectors: a cell of 10 min costs {usual:.1f} s of CPU"
        f" ({usual / 6:.2f} % of a core), the one that ends a day {worst:.1f} s"
        f" ({sum(steps) / len(steps) / 6:.2f} % on average over these {cells});"
        f" a whole day {100 * (usual * 143 + worst) / 86_400:.2f} %; peak memory {memory:.0f} MB"
        f" with what made the readings; model files {size / 1e6:.0f} MB"
    )
    detection.close()
    writer.close()


def make_site(folder: Path, metrics: int) -> Site:
    """So many magnets, ten in a room with its sensor, and the weather."""
    (folder / "profiles").mkdir()
    (folder / "profiles" / "bench-magnet.yaml").write_text(PROFILE, encoding="utf-8")
    (folder / "profiles" / "bench-sensor.yaml").write_text(
        PROFILE.split("detectors:")[0], encoding="utf-8"
    )
    devices = [
        {"id": f"m-{n}", "name": f"M {n}", "profile": "bench-magnet", "room": f"Room {n // 10}"}
        for n in range(metrics)
    ]
    devices += [
        {"id": f"r-{n}", "name": f"R {n}", "profile": "bench-sensor", "room": f"Room {n}"}
        for n in range(-(-metrics // 10))
    ]
    devices.append({"id": "outdoor", "name": "Outdoor", "profile": "bench-sensor"})
    raw: dict[str, object] = {
        "id": "bench",
        "name": "Bench",
        "zone": "Asia/Kabul",
        "devices": devices,
    }
    raw["storage"] = {"folder": str(folder)}
    path = folder / "site.yaml"
    path.write_text(yaml.safe_dump(raw), encoding="utf-8")
    return load_site(path)


def fill(writer: SeriesWriter, devices: list[str], start: int, end: int, every: int) -> None:
    """Readings of these devices, in commits of one moment each, and sealed as it would be."""
    chance = np.random.default_rng(start)
    names = [_measured(device) for device in devices]
    for at in range(start, end, every):
        noise = chance.normal(0, 0.02, len(names)).round(3)
        daily = float(np.sin(2 * np.pi * at / DAY))
        readings = [
            Reading(device, metric, base + swing * daily + float(more), at)
            for (device, metric, base, swing), more in zip(names, noise, strict=True)
        ]
        writer.append([Batch(readings)])
        while writer.seal():
            pass


def _measured(device: str) -> tuple[str, str, float, float]:
    if device.startswith("m-"):
        return device, "magnet_temp_c", 32.0, 0.05
    if device.startswith("r-"):
        return device, "room_temp_c", 21.5, 0.5
    return device, "outdoor_temp_c", 18.0, 6.0


def copy_first_model(
    site: Site, series: SeriesReader, records: Records, models: ModelStore, end: int
) -> None:
    """One detector learns; the others get its file under their own names, judged until `end`."""
    targets = detector_targets(site, series.names())
    outcome = train_now(targets[0], site, series, records, models, "bench", end + HOUR)
    assert outcome.state is not None, outcome.error
    instance = load_instance(models, BACKEND, targets[0], site.zone, 0.0)
    assert instance is not None
    [rows] = frames(series, [targets[0]], instance.fed_until, end)
    instance.feed(rows, end)
    state = instance.runner.state()
    for target in targets:
        card = replace(instance.card, device=target.device, settings=settings_digest(target))
        models.save(card, state)


if __name__ == "__main__":
    main()
