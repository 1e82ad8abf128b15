"""A simulated day over real sockets is in the ledger what the history of a demo would have written of it."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from app.demo.examinations import OF_PHANTOMS, HeaderHistory, write_examinations
from collectors.dicom.archive import sources as archive_sources
from collectors.dicom.common.publish import publish
from collectors.dicom.receiver import sources as receiver_sources
from core.readings import Batch, Event, Reading
from core.schema.load import load_site
from core.schema.site import Site
from core.time.clock import DAY, HOUR, MINUTE
from simulator.centre import Centre
from simulator.faults import Fault
from simulator.servers.dicom.run import DicomTraffic
from simulator.wire.dicom.step import MPPS_KINDS
from storage.examinations.ledger import Ledger
from tests.simulator.test_centre import KABUL_MONDAY
from tests.support.ports import free_port, is_free

pytestmark = [pytest.mark.servers, pytest.mark.timeout(600)]

SATURDAY = KABUL_MONDAY + 12 * DAY  # the day of the weekly phantoms
OPENS, CLOSES = SATURDAY + 7 * HOUR + 30 * MINUTE, SATURDAY + 10 * HOUR
EVENING = SATURDAY + 20 * HOUR
PATIENCE_S = 150
SCANNERS = {
    "ct": "toshiba-aquilion-cx",
    "mri": "mri-superconducting",
    "mammo": "planmed-sophie-classic",
    "rf": "ge-precision-rxi",
    "cbct": "planmeca-promax-3d-plus",
    "dxa": "hologic-dxa",
    "us": "acuson-s2000",
}
RATIOS = {"qa_snr": 8.0, "qa_sdnr": 0.9}  # to a noise that is itself known by chance only
SITE = """
id: wire
name: Wire
zone: Asia/Kabul
storage: {{folder: {folder}}}
dicom:
  listen: {{port: {listen}}}
  phantoms:
    - {{kind: ct_water, patient_ids: [QA-WATER]}}
    - {{kind: dxa_spine, patient_ids: [QA-SPINE]}}
    - {{kind: mr_uniformity, patient_ids: [QA-MR]}}
    - {{kind: mammography_block, patient_ids: [QA-MAMMO]}}
devices:
  - id: pacs
    name: PACS
    profile: pacs
    sources:
      - {{kind: dicom, host: 127.0.0.1, port: {pacs}, ae_title: PACS}}
      - {{kind: pacs, via: find, host: 127.0.0.1, port: {pacs}, ae_title: PACS, history: 1d}}
"""
SCANNER = """
  - id: {id}
    name: {id}
    profile: {profile}
    serial: S-{id}
    dicom: {{ae_titles: [{title}]}}
    sources: [{{kind: dicom, host: 127.0.0.1, port: {port}, ae_title: {title}}}]
"""


class MemoryStore:
    """A sink that keeps everything."""

    def __init__(self) -> None:
        self.readings: list[Reading] = []
        self.events: list[Event] = []
        self.positions: dict[str, str] = {}

    async def append(self, batch: Batch) -> None:
        self.readings += batch.readings
        self.events += batch.events
        self.positions.update(batch.positions)

    def position(self, key: str) -> str | None:
        return self.positions.get(key)


def a_site(folder: Path) -> Site:
    text = SITE.format(folder=folder, listen=free_port(), pacs=free_port())
    for kind, profile in SCANNERS.items():
        names = {"id": f"{kind}-1", "title": kind.upper(), "port": free_port()}
        text += SCANNER.format(profile=profile, **names)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "site.yaml"
    path.write_text(text, encoding="utf-8")
    return load_site(path)


def a_centre(site: Site, *faults: Fault) -> Centre:
    return Centre(site, seed=9, start=OPENS, faults=faults, step_ms=MINUTE)


@contextmanager
def receiving(site: Site, store: MemoryStore) -> Iterator[None]:
    """The receiver in a loop of its own, until the end of the block."""
    loop, began = asyncio.new_event_loop(), time.monotonic()
    # Ten times as fast as the clock on the wall: a phantom's series is whole after 30 s.
    now = lambda: EVENING + int(10_000 * (time.monotonic() - began))  # noqa: E731
    [source] = receiver_sources(site, store, now)
    task = loop.create_task(source.run())
    thread = threading.Thread(
        target=lambda: loop.run_until_complete(asyncio.gather(task, return_exceptions=True))
    )
    thread.start()
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("collectors.dicom.receiver.source.PUBLISH_EVERY_S", 0.5)
            assert site.file.dicom.listen is not None
            port = site.file.dicom.listen.port
            until(lambda: not is_free(port))
            yield
    finally:
        loop.call_soon_threadsafe(task.cancel)
        thread.join(30)
        loop.close()


def until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def sent_over_the_wire(site: Site, *faults: Fault) -> MemoryStore:
    store, centre = MemoryStore(), a_centre(site, *faults)
    traffic = DicomTraffic(site, centre, lambda at: at)
    try:
        with receiving(site, store):
            while centre.at < CLOSES:
                centre.advance(centre.at + MINUTE)
                traffic.step()
            until(lambda: traffic.is_idle)
            phantoms = {"ct-1", "dxa-1", "mri-1", "mammo-1"} & site.devices.keys()
            until(lambda: {r.device for r in store.readings if r.metric in OF_PHANTOMS} == phantoms)
        [archive] = archive_sources(site, store, lambda: EVENING)
        asyncio.run(archive.once())
    finally:
        traffic.close()
    ledger = Ledger(site.examinations_path)
    asyncio.run(publish(site, ledger, store, EVENING))
    ledger.close()
    return store


def newest(readings: list[Reading]) -> dict[tuple[str, str, int], float]:
    """What holds at each moment, corrections laid over what they correct."""
    return {
        (r.device, r.metric, r.at): r.value
        for r in readings
        if r.component == "dicom" and r.quality in ("good", "corrected")
    }


@pytest.fixture(scope="module")
def wired(tmp_path_factory: pytest.TempPathFactory) -> tuple[Site, MemoryStore]:
    site = a_site(tmp_path_factory.mktemp("wired"))
    return site, sent_over_the_wire(site)


def test_a_morning_over_the_wire_is_what_the_schedule_says(
    wired: tuple[Site, MemoryStore],
) -> None:
    site, store = wired
    centre = a_centre(site)
    counters = newest(store.readings)
    for device in [name for name in site.devices if name != "pacs"]:
        started = centre.studies_of(device, OPENS, CLOSES)
        studies = [study for study in started if study.sent_at <= CLOSES]
        if not studies:
            continue
        # Whose step has begun is counted, though nothing of it has been sent.
        known = [study for study in started if study in studies or study.kind in MPPS_KINDS]
        counted = {
            metric: max(
                value for (d, m, _), value in counters.items() if (d, m) == (device, metric)
            )
            for metric in ("examination_count", "image_count")
        }
        images = sum(series.images for study in studies for series in study.series)
        assert counted["examination_count"] == len(known), device
        assert counted["image_count"] == images, device  # a dose report is none


def test_the_history_of_a_demo_is_what_would_have_come_over_the_wire(
    wired: tuple[Site, MemoryStore], tmp_path: Path
) -> None:
    """The same readings at the same moments: so live goes on without a jump."""
    _, store = wired
    other = a_site(tmp_path / "history")
    history = write_examinations(other, a_centre(other), CLOSES)
    written = newest([*history.until(CLOSES).readings, *history.rest().readings])
    live = newest(store.readings)
    assert len(written) > 100
    scanned = {device for device, metric, _ in live if metric == "image_count"}
    assert scanned == {f"{kind}-1" for kind in SCANNERS}
    wrong = {
        key: (value, live.get(key))
        for key, value in written.items()
        if key[2] % HOUR == 0
        and key[2] <= CLOSES
        and live.get(key) != pytest.approx(value, rel=1e-3, abs=0.05)
    }
    assert wrong == {}


def test_headers_and_phantoms_are_as_the_history_has_them(
    wired: tuple[Site, MemoryStore],
) -> None:
    site, store = wired
    centre, headers = a_centre(site), HeaderHistory(site)
    written: list[Reading] = []
    while centre.at < CLOSES:
        centre.advance(centre.at + MINUTE)
        for device in site.devices:
            centre.studies_started(device)
            for study in centre.studies_sent(device):
                written += headers.batch(study, centre.header(study)).readings
    expected = {(r.device, r.metric, r.component) for r in written}
    come = {(r.device, r.metric, r.component): r.value for r in store.readings}
    assert expected <= come.keys()
    for reading in written:
        if reading.metric == "imaging_frequency_hz" or reading.metric in OF_PHANTOMS:
            live = come[reading.device, reading.metric, reading.component]
            chance = RATIOS.get(reading.metric, 0.4)
            assert live == pytest.approx(reading.value, rel=0.01, abs=chance), reading


def test_what_waited_for_the_network_comes_late_and_whole(tmp_path: Path) -> None:
    fault = Fault("network_fault", OPENS, OPENS + HOUR, device="dxa-1")
    site = a_site(tmp_path)
    only = replace(site, devices={name: site.devices[name] for name in ("pacs", "dxa-1", "ct-1")})
    centre = a_centre(only, fault)
    late = [s for s in centre.studies_of("dxa-1", OPENS, CLOSES) if s.sent_at <= CLOSES]
    assert any(study.sent_at > study.end + 20 * MINUTE for study in late)
    store = sent_over_the_wire(only, fault)
    counted = [r for r in store.readings if (r.device, r.metric) == ("dxa-1", "examination_count")]
    assert max(r.value for r in counted) == len(late)


def test_nothing_of_the_invented_patients_is_kept(wired: tuple[Site, MemoryStore]) -> None:
    site, store = wired
    files = [*site.file.storage.folder.glob("examinations.db*")]
    assert files
    for text in (b"NOBODY", b"TEST-", b"2.25."):
        assert not any(text in path.read_bytes() for path in files)
        assert text.decode() not in repr((store.readings, store.events, store.positions))
