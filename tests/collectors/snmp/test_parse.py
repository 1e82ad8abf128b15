"""parse() on answers of every sort; it touches no network, so it is tested with plain mappings."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from collectors.snmp.parse import parse, requested_oids
from core.readings import Batch
from core.schema.metric import Metric
from core.schema.profile import Profile
from core.schema.sources.snmp import SnmpMap, SnmpTable, SnmpValue
from tests.collectors.snmp.cast import (
    STORAGE_LABEL,
    STORAGE_SIZE,
    STORAGE_USED,
    T0,
    UPTIME,
    device,
    snmp,
)
from tests.support.examples import examples

COLUMN, SIZE, LABEL = "1.3.6.1.4.1.99999.1.1", "1.3.6.1.4.1.99999.1.2", "1.3.6.1.4.1.99999.1.3"
SCALAR = "1.3.6.1.4.1.99999.2.0"


def profile(**table: Any) -> Profile:
    return Profile(
        metrics={
            "used_pct": Metric(title="Used", plausible=(0, 100)),
            "charge_pct": Metric(title="Charge", plausible=(0, 100)),
        },
        snmp=SnmpMap(
            values=[SnmpValue(metric="charge_pct", oid=SCALAR, missing=[-1])],
            tables=[SnmpTable(metric="used_pct", oid=COLUMN, **table)],
        ),
    )


def parsed(what: Profile, answers: dict[str, object]) -> Batch:
    source = snmp(161)
    return parse(device(source, profile=what), source, answers, T0)


def by_component(batch: Batch) -> dict[str, float]:
    return {reading.component: reading.value for reading in batch.readings}


def test_each_oid_is_asked_once_and_in_order() -> None:
    column = {"metric": "storage_used_pct", "oid": STORAGE_USED, "of": STORAGE_SIZE}
    source = snmp(
        161,
        values=[{"metric": "uptime_s", "oid": f".{UPTIME}"}, {"metric": "uptime_s", "oid": SCALAR}],
        tables=[column],
    )

    todo = requested_oids(device(source), source)

    assert todo.scalars == (UPTIME, SCALAR)
    assert todo.columns == (STORAGE_USED, STORAGE_SIZE, STORAGE_LABEL)


def test_what_a_source_names_is_read_beside_its_profile() -> None:
    source = snmp(161, values=[{"metric": "uptime_s", "oid": SCALAR, "component": "extra"}])

    batch = parse(device(source), source, {UPTIME: 6000, SCALAR: 7}, T0)

    assert by_component(batch) == {"": 60.0, "extra": 7.0}
    assert {reading.at for reading in batch.readings} == {T0}


def test_a_missing_answer_is_a_gap() -> None:
    for answer in (None, -1, "-1", b"-1"):
        batch = parsed(profile(), {SCALAR: answer})
        assert not batch


def test_a_row_is_divided_by_its_size_and_a_row_of_no_size_is_a_gap() -> None:
    rows: dict[str, tuple[object, object]] = {
        "1": (25, 100),
        "2": (0, 0),
        "3": (7, None),
        "4": (b"5", "10"),
        "5": (5, b"n/a"),
    }
    answers: dict[str, object] = {f"{COLUMN}.{row}": used for row, (used, _) in rows.items()}
    answers |= {f"{SIZE}.{row}": size for row, (_, size) in rows.items()}
    del answers[f"{SIZE}.3"]

    batch = parsed(profile(of=SIZE, scale=100), answers)

    assert by_component(batch) == {"1": 25.0, "4": 50.0}
    assert not batch.events


def test_rows_are_named_by_their_label_and_told_apart_when_labels_repeat() -> None:
    labels = {
        "1": b" C:\\ \x00",
        "2": b"tmpfs",
        "3": "tmpfs",
        "5": b"\xff",
        "6": b"",
        "7.1": b"{index}",
    }
    answers: dict[str, object] = {f"{LABEL}.{row}": text for row, text in labels.items()}
    answers |= {f"{COLUMN}.{row}": 1 for row in (*labels, "4")}

    batch = parsed(profile(label=LABEL, component="disk {label}"), answers)

    assert [reading.component for reading in batch.readings] == [
        *("disk C:\\", "disk tmpfs 2", "disk tmpfs 3", "disk 4", "disk \ufffd", "disk 6"),
        "disk {index}",
    ]


def test_rows_come_in_the_order_of_their_numbers() -> None:
    answers: dict[str, object] = {f"{COLUMN}.{row}": 1 for row in ("10", "9", "1.2", "1")}

    batch = parsed(profile(), answers)

    assert [reading.component for reading in batch.readings] == ["1", "1.2", "9", "10"]


def test_a_column_does_not_take_its_neighbours_rows() -> None:
    assert not parsed(profile(), {f"{COLUMN}1.1": 1, COLUMN: 2, f"{SIZE}.1": 3})


numbers = (
    st.integers(-(2**63), 2**64)
    | st.floats()
    | st.integers(-200, 200).map(str)
    | st.integers(-200, 200).map(lambda n: str(n).encode())
)
anything = st.none() | numbers | st.text(max_size=20) | st.binary(max_size=20)
indexes = st.lists(st.integers(0, 2**32), min_size=1, max_size=4).map(
    lambda arcs: ".".join(map(str, arcs))
)
oids = st.one_of(
    st.just(SCALAR),
    st.builds("{}.{}".format, st.sampled_from([COLUMN, SIZE, LABEL]), indexes),
    st.text(max_size=10),
)


@examples(1500)
@given(st.dictionaries(oids, anything, max_size=12), st.sampled_from([None, SIZE]), st.booleans())
def test_parse_never_raises(answers: dict[str, object], of: str | None, labelled: bool) -> None:
    table: dict[str, Any] = {"label": LABEL, "component": "{label}"} if labelled else {}

    batch = parsed(profile(of=of, **table), answers)

    assert all(0 <= reading.value <= 100 for reading in batch.readings)
    assert all(event.quality == "bad" for event in batch.events)


def decoded(answer: bytes) -> str:
    try:
        return answer.decode()
    except UnicodeDecodeError:
        return answer.decode("latin-1")


def is_blank(answer: object) -> bool:
    """Text that says that there is no value: a gap."""
    text = decoded(answer) if isinstance(answer, bytes) else answer
    blank = "\0 \t\r\n\xa0\u200b\u200e\u200f\ufeff"
    words = (
        "",
        "n/a",
        "na",
        "n.a.",
        "none",
        "null",
        "unknown",
        "unavailable",
        "not available",
        "undefined",
    )
    return isinstance(text, str) and text.strip(blank).casefold() in words


def plain(answer: object) -> float:
    if isinstance(answer, bytes):
        answer = _text(answer)
    if isinstance(answer, str):
        answer = answer.strip("\0 ").removesuffix("%")
    return float(answer)  # type: ignore[arg-type]


def _text(octets: bytes) -> str:
    try:
        return octets.decode("utf-8")
    except UnicodeDecodeError:
        return octets.decode("latin-1")


def believable(answer: object) -> bool:
    try:
        return 0 <= plain(answer) <= 100
    except (ValueError, OverflowError):
        return False


@examples(1500)
@given(st.dictionaries(indexes, anything, max_size=12))
def test_no_valid_answer_is_lost_and_no_invalid_one_is_silent(answers: dict[str, object]) -> None:
    given_rows = {row: answer for row, answer in answers.items() if answer is not None}

    batch = parsed(profile(), {f"{COLUMN}.{row}": answer for row, answer in answers.items()})

    given_rows = {row: answer for row, answer in given_rows.items() if not is_blank(answer)}
    good = [row for row, answer in given_rows.items() if believable(answer)]
    bad = [row for row, answer in given_rows.items() if not believable(answer)]
    assert sorted(reading.component for reading in batch.readings) == sorted(good)
    assert sorted(event.component for event in batch.events) == sorted(bad)
    assert all(plain(given_rows[r.component]) == r.value for r in batch.readings)


def test_parts_of_a_whole_are_divided_only_in_the_same_unit() -> None:
    answers: dict[str, object] = {
        f"{COLUMN}.1": b"50 GB\x00",
        f"{SIZE}.1": "200 GB",
        f"{COLUMN}.2": "50 GB",
        f"{SIZE}.2": "2 TB",
        f"{COLUMN}.3": "50 GB",
        f"{SIZE}.3": "n/a",
        f"{COLUMN}.4": "many",
        f"{SIZE}.4": "200 GB",
    }
    batch = parsed(profile(of=SIZE, scale=100, component="{index}"), answers)
    assert by_component(batch) == {"1": 25.0}
    assert sorted(event.component for event in batch.events) == ["2", "4"]
