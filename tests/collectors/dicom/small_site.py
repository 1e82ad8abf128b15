"""A site of two scanners for the tests of DICOM sources, and a series store that lies in memory."""

from collections.abc import Callable
from pathlib import Path

from core.errors import StoreError
from core.readings import Batch, Event, Reading
from core.schema.load import load_site
from core.schema.site import Site

METRICS = {
    "counter": (
        "examination_count",
        "series_count",
        "image_count",
        "exposures_count",
        "scan_seconds",
    ),
    "gauge": (
        *("scan_load_kj", "scan_load_pct", "first_examination_h", "last_examination_h", "busy_min"),
        *("longest_gap_min", "dose_area_product_gy_cm2", "ctdi_vol_mean_mgy", "dlp_mean_mgy_cm"),
        *("unarchived_min", "imaging_frequency_hz"),
    ),
}
SITE = """
id: test
name: Test
zone: {zone}
storage: {{folder: {folder}}}
devices:
  - id: ct-1
    name: CT
    profile: own
    serial: "0022-041"
    dicom: {{ae_titles: [CT99], station_names: [CTAWP1]}}
    sources: [{sources}]
  - id: mr-1
    name: MR
    profile: own
    dicom: {{ae_titles: [MR1, mr1b], station_names: [MRC]}}
{pacs}  - {{id: xr-1, name: XR, profile: own, dicom: {{station_names: [XRC]}}}}
"""


PACS = "  - {{id: pacs-1, name: PACS, profile: pacs, sources: [{{kind: pacs, {}}}]}}\n"


def small_site(
    folder: Path,
    *,
    sources: str = "",
    zone: str = "Asia/Kabul",
    pacs: str = "",
    change: Callable[[str], str] = str,
) -> Site:
    """`sources` of the CT and settings of a PACS as YAML; every scanner has every metric of DICOM."""
    (folder / "profiles").mkdir(exist_ok=True)
    metrics = [
        f"  {name}: {{title: {name}, kind: {kind}}}"
        for kind, names in METRICS.items()
        for name in names
    ]
    profile = "\n".join(["title: Own", "metrics:", *metrics, ""])
    (folder / "profiles" / "own.yaml").write_text(profile)
    path = folder / "site.yaml"
    text = SITE.format(
        zone=zone, folder=folder / "var", sources=sources, pacs=PACS.format(pacs) if pacs else ""
    )
    path.write_text(change(text))
    return load_site(path)


class MemoryStore:
    """A sink that does with readings what the series store does, and may refuse."""

    def __init__(self) -> None:
        self.readings: dict[tuple[str, str, int], float] = {}
        self.events: list[Event] = []
        self.positions: dict[str, str] = {}
        self.batches = 0
        self.refuses: StoreError | None = None
        self.refuses_device = ""
        self.forgets = False  # stores, and then fails: killed before it was known
        self.corrections = 0
        self._revised: set[tuple[str, str, int]] = set()

    async def append(self, batch: Batch) -> None:
        if self.refuses is not None and not self.forgets:
            raise self.refuses
        if self.refuses_device in {reading.device for reading in batch.readings}:
            raise StoreError("disk full")
        for reading in batch.readings:
            self._store(reading)
        self.events += batch.events
        self.positions.update(batch.positions)
        self.batches += 1
        if self.refuses is not None:
            raise self.refuses

    def position(self, key: str) -> str | None:
        return self.positions.get(key)

    def series(self, device: str, metric: str) -> dict[int, float]:
        own = {
            at: value
            for (name, kind, at), value in self.readings.items()
            if (name, kind) == (device, metric)
        }
        return dict(sorted(own.items()))

    def _store(self, reading: Reading) -> None:
        key = (reading.device, reading.metric, reading.at)
        assert reading.component == ("pacs" if reading.metric == "up" else "dicom")
        if reading.quality == "withdrawn":
            self.readings.pop(key, None)
        elif reading.quality == "corrected" or (
            key not in self.readings and key not in self._revised
        ):
            self.readings[key] = reading.value
        self.corrections += reading.quality != "good"
        if reading.quality != "good":
            self._revised.add(key)
