"""No fault of the simulated centre is hidden by a proof: while it stands, no line about its part is proven.

The history comes from the simulated centre through the parsers of live answers, and the engine judges it.
Every fault and every device, over days: `python -m tests.app.demo.test_proofs_and_faults [DAYS]`.
"""

import sys
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from alerts.evaluation.engine import AlertEngine
from app.demo.backfill import store_in_this_process, write_history
from core.schema.load import load_site
from core.schema.site import Site
from core.time.clock import DAY, HOUR, MINUTE
from simulator.centre import Centre
from simulator.faults import KINDS, Fault
from storage.records import Records
from storage.series import SeriesReader
from tests.app.demo.proof_lines import ProofLine, proof_lines

pytestmark = pytest.mark.servers  # as long as they take

SITE = Path(__file__).parents[3] / "config" / "demo.yaml"
END = 1_760_000_400_000  # of a working day, in the morning

# What each fault strikes: the device in this history, and the metrics and events of its part. A fault without a
# metric that any line looks at cannot be hidden by a line.
STRUCK: dict[str, tuple[str, frozenset[str]]] = {
    "mains_failure": ("ups-1", frozenset({"alarms_present_count"})),
    "chiller_failure": ("chiller-1", frozenset({"supply_temp_c", "flow_lpm"})),
    "room_overheat": ("mri-1", frozenset({"room_temp_c"})),
    "helium_leak": ("mri-2", frozenset({"helium_level_pct"})),
    "disk_filling": ("pacs", frozenset({"disk_used_pct"})),
    "ct_number_drift": ("ct-1", frozenset({"qa_water_ct_number_hu"})),
    "bmd_drift": ("dxa-1", frozenset({"phantom_bmd_g_cm2"})),
    "magnet_drift": ("mri-1", frozenset({"magnet_temp_c", "imaging_frequency_hz"})),
    "dead": ("ct-2", frozenset()),  # every line
    "tube_cooling": ("ct-2", frozenset({"tube_housing_temp_c"})),
    "network_fault": ("cbct-1", frozenset({"image_transfer_delay_s"})),
    "software_update": ("us-1", frozenset({"image_count"})),
    "water_leak": ("room-server", frozenset({"water_leak"})),
    "standstill": ("ct-1", frozenset()),  # no patient lies on it: nothing that a line looks at
}
# How long it has stood. Slow ones for as long as they need to be seen in their values.
SINCE = {"ct_number_drift": 40 * DAY, "bmd_drift": 60 * DAY, "mains_failure": 15 * MINUTE}


FEW = ("chiller-1", "mri-1")  # a test has no time for all of them
STRIKING = ("chiller_failure", "room_overheat", "magnet_drift")


@cache
def demo_site() -> Site:
    return load_site(SITE)


def standing(names: Iterable[str]) -> list[Fault]:
    """These faults, which still stand at the end."""
    return [Fault(name, END - SINCE.get(name, 3 * HOUR), None, STRUCK[name][0]) for name in names]


def lines(
    folder: Path, faults: list[Fault], length: int, devices: Iterable[str] = ()
) -> list[ProofLine]:
    """Every line that has a proof, judged at the end of a history with these faults."""
    site = demo_site()
    storage = site.file.storage.model_copy(update={"folder": folder})
    alone = {name: replace(site.devices[name], depends_on=()) for name in devices}
    chosen = alone or site.devices
    site = replace(site, devices=chosen, file=site.file.model_copy(update={"storage": storage}))
    centre = Centre(site, seed=7, start=END - length, faults=faults)
    with store_in_this_process(site, site.series_path) as history:
        write_history(site, centre, END, history, lambda at: None)
    records = Records(site.records_url)
    records.upgrade()
    engine = AlertEngine(site, SeriesReader(site.series_path), records)
    while engine.step():
        pass
    with records.reading() as db:
        judged = list(proof_lines(db, site, END))
    records.close()
    return judged


def about(line: ProofLine, names: Iterable[str]) -> bool:
    """The line is about a part that one of these faults strikes."""
    return any(
        line.device == STRUCK[name][0] and (name == "dead" or STRUCK[name][1] & line.about)
        for name in names
    )


def proven(judged: Iterable[ProofLine]) -> set[str]:
    return {line.name for line in judged if line.verdict.is_proven}


def test_every_fault_of_the_simulator_is_thought_of() -> None:
    assert set(STRUCK) == set(KINDS)


def test_what_is_proven_of_a_sound_centre_is_not_while_a_fault_of_that_part_stands(
    tmp_path: Path,
) -> None:
    sound = proven(lines(tmp_path / "sound", [], 25 * HOUR, FEW))
    struck = lines(tmp_path / "struck", standing(STRIKING), 25 * HOUR, FEW)
    hidden = {line.name for line in struck if line.verdict.is_proven and about(line, STRIKING)}
    assert hidden == set()
    lost = {line.name for line in struck if line.name in sound and about(line, STRIKING)}
    assert lost >= {"chiller-1 chiller_daily values", "mri-1 mri_daily room"}


def every_fault(days: int) -> None:
    """All devices and all faults, in minutes; the mains fail alone, for they strike everything."""
    others = [name for name in STRUCK if name != "mains_failure"]
    for names in ([], others, ["mains_failure"]):
        with TemporaryDirectory() as folder:
            judged = lines(Path(folder), standing(names), days * DAY)
        sys.stdout.write(f"{', '.join(names) or 'no fault'}:\n")
        for line in judged:
            state = "proven" if line.verdict.is_proven else "-"
            hides = "  HIDES A FAULT" if line.verdict.is_proven and about(line, names) else ""
            reason = next(iter(line.verdict.reasons), "")
            sys.stdout.write(f"  {line.name:42} {state:7} {reason}{hides}\n")


if __name__ == "__main__":
    every_fault(int(sys.argv[1]) if len(sys.argv) > 1 else 8)
