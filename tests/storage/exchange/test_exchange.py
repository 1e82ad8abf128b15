"""Export and import: what leaves comes back the same, and a bad row costs only itself."""

import re
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from core.errors import ConfigError, StoreError
from core.readings import Batch, Reading
from core.time.clock import DAY
from core.vocabulary.readings import Quality
from storage.exchange import line_file
from storage.exchange.export import export, history
from storage.exchange.importer import Imported, import_readings
from storage.series import SeriesReader, SeriesWriter
from tests.support.examples import examples

T0 = 1_760_000_400_000
ROOT = Path(__file__).parents[3]
FORMATS = [".parquet", ".lp"]

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
qualities: st.SearchStrategy[Quality] = st.sampled_from(["good", "clock", "corrected"])
readings = st.builds(
    Reading,
    device=st.sampled_from(["mri-2", "ct-1"]),
    metric=st.sampled_from(["helium_level_pct", "magnet_temp_c"]),
    value=st.floats(allow_nan=False, allow_infinity=False),
    at=st.integers(T0, T0 + 1000),
    component=words,
    quality=qualities,
)


def stored(folder: Path, rows: list[Reading]) -> SeriesReader:
    writer = SeriesWriter(folder / "series.db")
    writer.append([Batch(rows)])
    writer.close()
    return SeriesReader(folder / "series.db")


def imported(folder: Path, file: Path, complaints: list[str]) -> tuple[SeriesReader, Imported]:
    writer = SeriesWriter(folder / "series.db")
    try:
        done = import_readings(writer, file, T0 + DAY, complaints.append)
    finally:
        writer.close()
    return SeriesReader(folder / "series.db"), done


def everything(reader: SeriesReader) -> list[tuple[object, ...]]:
    """By time, as every reader but a follower of the journal sees it."""
    named = sorted({(row.device, row.metric) for row in reader.latest()})
    found = (row for name in named for row in reader.readings(*name, 0, 1_000_000))
    return sorted((repr(row.value), *row) for row in found)


@pytest.mark.parametrize("suffix", FORMATS)
@examples(25, suppress_health_check=[HealthCheck.too_slow])
@given(rows=st.lists(readings, min_size=1, max_size=30))
def test_what_is_exported_comes_back_the_same_and_twice_is_once(
    tmp_path_factory: pytest.TempPathFactory, suffix: str, rows: list[Reading]
) -> None:
    folder = tmp_path_factory.mktemp("there")
    source = stored(folder, rows)
    file = folder / f"out{suffix}"
    count = export(source, file, ["mri-2", "ct-1"], None, T0)
    complaints: list[str] = []
    back = tmp_path_factory.mktemp("back")
    for _ in range(2):
        target, done = imported(back, file, complaints)
        assert (done, complaints) == (Imported(count, 0), [])
        assert everything(target) == everything(source)
        assert len(everything(target)) == count


@examples(25)
@given(
    moments=st.lists(st.tuples(st.integers(0, 8), st.sampled_from("abcde")), max_size=40),
    page=st.integers(1, 7),
)
def test_paging_through_a_metric_shows_each_reading_once_in_order(
    tmp_path_factory: pytest.TempPathFactory, moments: list[tuple[int, str]], page: int
) -> None:
    rows = [Reading("mri-2", "x", 1.0, T0 + at, part) for at, part in dict.fromkeys(moments)]
    source = stored(tmp_path_factory.mktemp("paging"), rows)
    paged = list(history(source, "mri-2", "x", T0 + 2, page))
    assert sorted(paged) == sorted(row for row in rows if row.at >= T0 + 2)
    assert [row.at for row in paged] == sorted(row.at for row in paged)


@pytest.mark.parametrize("suffix", FORMATS)
def test_only_what_was_asked_for_is_exported(tmp_path: Path, suffix: str) -> None:
    rows = [
        Reading(device, metric, 1.0, T0 + at)
        for device in ("mri-2", "ct-1")
        for metric in ("a", "b")
        for at in range(10)
    ]
    source = stored(tmp_path, rows)
    assert export(source, tmp_path / f"x{suffix}", ["ct-1"], "b", T0 + 5) == 5
    assert export(source, tmp_path / f"x{suffix}", ["ct-1"], "absent", T0) == 0
    assert not list(tmp_path.glob(".*.part"))


def test_parquet_has_plain_columns_that_other_programs_know(tmp_path: Path) -> None:
    source = stored(tmp_path, [Reading("mri-2", "helium_level_pct", 81.5, T0, "tank", "clock")])
    export(source, tmp_path / "x.parquet", ["mri-2"], None, T0)
    [row] = pq.read_table(tmp_path / "x.parquet").to_pylist()
    assert row.pop("at").isoformat() == "2025-10-09T09:00:00+00:00"
    assert row == {
        "device": "mri-2",
        "metric": "helium_level_pct",
        "component": "tank",
        "value": 81.5,
        "quality": "clock",
    }


def test_a_line_is_as_influxdb_wants_it(tmp_path: Path) -> None:
    reading = Reading("ups-1", "voltage_v", 228.5, T0, "line 1,a=b")
    line_file.write(tmp_path / "x.lp", [reading])
    assert (tmp_path / "x.lp").read_text() == (
        "readings,component=line\\ 1\\,a\\=b,device=ups-1,metric=voltage_v"
        " value=228.5 1760000400000\n"
    )


@pytest.mark.parametrize("component", ["two\nlines", "C:\\", "50%20"])
def test_what_line_protocol_cannot_carry_is_coded_and_comes_back(
    tmp_path: Path, component: str
) -> None:
    rows = [Reading("mri-2", "x", 1.0, T0), Reading("mri-2", "x", 2.0, T0 + 1, component)]
    export(stored(tmp_path, rows), tmp_path / "x.lp", ["mri-2"], None, T0)
    assert line_file.CODED in (tmp_path / "x.lp").read_text()
    complaints: list[str] = []
    reader, _ = imported(tmp_path / "back", tmp_path / "x.lp", complaints)
    assert complaints == []
    assert sorted(reader.readings("mri-2", "x", 0)) == sorted(rows)


def line_of_before(reading: Reading) -> str:
    """As the version before wrote it: what it could not write it refused."""
    tags = {"component": reading.component, "device": reading.device, "metric": reading.metric}
    escaped = {key: re.sub("([,= ])", r"\\\1", tag) for key, tag in tags.items() if tag}
    tag_set = "".join(f",{key}={tag}" for key, tag in escaped.items())
    quality = "" if reading.quality == "good" else f',quality="{reading.quality}"'
    return f"readings{tag_set} value={reading.value!r}{quality} {reading.at}\n"


@examples(50)
@given(
    rows=st.lists(
        readings.filter(lambda row: not re.search(r"[\n\r]|\\$", row.component)), max_size=30
    )
)
def test_what_the_version_before_exported_comes_back_the_same(
    tmp_path_factory: pytest.TempPathFactory, rows: list[Reading]
) -> None:
    file = tmp_path_factory.mktemp("before") / "x.lp"
    file.write_text("".join(map(line_of_before, rows)), encoding="utf-8", newline="\n")
    assert [row for _, row in line_file.read(file)] == rows


def test_a_percent_sign_in_a_file_of_before_is_a_percent_sign(tmp_path: Path) -> None:
    file = tmp_path / "x.lp"
    file.write_text(
        f"readings,component=room%20north\\Label,device=mri-2,metric=x value=1.0 {T0}\n"
    )
    assert [row for _, row in line_file.read(file)] == [
        Reading("mri-2", "x", 1.0, T0, "room%20north\\Label")
    ]


def test_each_bad_line_is_named_and_the_good_ones_are_stored(tmp_path: Path) -> None:
    good = f'readings,device=mri-2,metric=x,site=herat value=1i,other="y" {T0}'
    bad = {
        b"nonsense": "is not `measurement,tags fields time`",
        b"other,device=a,metric=x value=1 1": "the measurement is 'other', not 'readings'",
        b"readings,metric=x value=1 1": "has no tag `device`",
        b"readings,device=a,metric value=1 1": "'metric' is not `name=value`",
        b"readings,device=a,metric=x value=true 1": "the value 'true' is not a number",
        b"readings,device=a,metric=x value=NaN 1": "the value 'NaN' is not a number",
        b"readings,device=a,metric=x value=1e999 1760000400000": "inf is not a number",
        b"readings,device=a,metric=x value=1 soon": "the time 'soon' is not a number",
        b"readings,device=a,metric=x value=1 1760000400000000000": "the time '1760000400000000000'",
        b"readings,device=a,metric=x value=1 1760000400000000": "not in milliseconds",
        b"readings,device=A,metric=x value=1 1760000400000": "'A' is not a device's id",
        b"readings,device=a,metric=X value=1 1760000400000": "'X' is not a metric's name",
        b'readings,device=a,metric=x value=1,quality="bad" 1760000400000': "'bad' is not a quality",
        b"readings,device=\xff,metric=x value=1 1": "is not UTF-8",
        b"x" * 200_000: "is longer than any reading",
    }
    file = tmp_path / "x.lp"
    file.write_bytes(b"# comment\n\n" + b"\n".join(bad) + b"\n" + good.encode() + b"\r\n")
    complaints: list[str] = []
    reader, done = imported(tmp_path, file, complaints)
    assert done == Imported(1, len(bad))
    assert reader.latest() == [Reading("mri-2", "x", 1.0, T0)]
    for number, (said, expected) in enumerate(zip(complaints, bad.values(), strict=True), start=3):
        assert said.startswith(f"{file}:{number}: ")
        assert expected in said


def test_each_bad_row_of_a_parquet_is_named(tmp_path: Path) -> None:
    table = pa.table(
        {
            "device": ["mri-2", None, "mri-2", "mri-2"],
            "metric": ["x", "x", "x", "x"],
            "at": pa.array([T0 * 1000] * 4, pa.timestamp("us", tz="Asia/Kabul")),
            "value": [1.0, 2.0, None, float("nan")],
        }
    )
    file = tmp_path / "x.parquet"
    pq.write_table(table, file)
    complaints: list[str] = []
    reader, done = imported(tmp_path, file, complaints)
    assert done == Imported(1, 3)
    assert [said.removeprefix(f"{file}:") for said in complaints] == [
        "2: device is empty",
        "3: value is empty",
        "4: nan is not a number",
    ]
    assert reader.latest() == [Reading("mri-2", "x", 1.0, T0)]


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"device": ["a"], "metric": ["x"], "value": [1.0]}, "no column at"),
        (
            {"device": ["a"], "metric": ["x"], "value": [1.0], "at": pa.array([T0])},
            "must be a timestamp",
        ),
        (
            {"device": ["a"], "metric": ["x"], "value": [1.0]}
            | {"at": pa.array([T0], pa.timestamp("ms"))},
            "with a time zone",
        ),
    ],
)
def test_a_parquet_of_another_shape_is_refused(
    tmp_path: Path, columns: dict[str, object], said: str
) -> None:
    pq.write_table(pa.table(columns), tmp_path / "x.parquet")
    with pytest.raises(StoreError, match=said):
        imported(tmp_path, tmp_path / "x.parquet", [])


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_file_that_is_none_or_not_there_is_said(tmp_path: Path, suffix: str) -> None:
    with pytest.raises(StoreError):
        imported(tmp_path, tmp_path / f"absent{suffix}", [])
    (tmp_path / f"x{suffix}").write_bytes(bytes(range(256)) * 10)
    complaints: list[str] = []
    if suffix == ".parquet":
        with pytest.raises(StoreError, match="as Parquet"):
            imported(tmp_path, tmp_path / f"x{suffix}", complaints)
    else:
        assert imported(tmp_path, tmp_path / f"x{suffix}", complaints)[1].bad == len(complaints) > 0
    with pytest.raises(ConfigError, match="is not"):
        imported(tmp_path, tmp_path / "x.csv", [])


# Exports and imports a small file, then one three times as long; prints how much more memory the
# second took, in kilobytes.
# What Python and Arrow asked for; what the system gave them depends on what else it is doing.
MEASURE = """
import sys, tracemalloc
from pathlib import Path
import pyarrow
from storage.exchange import parquet
from storage.exchange.export import export
from storage.exchange.importer import import_readings
from storage.series import SeriesReader, SeriesWriter

folder, suffix, now = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
peaks = []
tracemalloc.start()
for device in ("small-1", "large-1"):
    tracemalloc.reset_peak()
    file = folder / f"{device}{suffix}"
    export(SeriesReader(folder / "series.db"), file, [device], None, 0)
    writer = SeriesWriter(folder / "back" / "series.db")
    import_readings(writer, file, now, sys.exit)
    writer.close()
    peaks.append(tracemalloc.get_traced_memory()[1] + pyarrow.default_memory_pool().max_memory())
print(peaks[1] - peaks[0])
"""


@pytest.mark.servers
@pytest.mark.parametrize("suffix", FORMATS)
def test_memory_does_not_grow_with_the_file(tmp_path: Path, suffix: str) -> None:
    sizes = {"small-1": 45_000, "large-1": 120_000}
    stored(
        tmp_path, [Reading(d, "x", n / 3, T0 + n) for d, size in sizes.items() for n in range(size)]
    )
    measured = subprocess.run(
        [sys.executable, "-c", MEASURE, str(tmp_path), suffix, str(T0 + DAY)],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert int(measured.stdout) < 8_000_000, "a list of them alone would take half as much again"
