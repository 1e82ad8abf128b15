"""Each folder under tests/cases/snmp is a case: profile, what the agent said, what must come of it.

`answers.txt`: one `OID kind value` a line; kinds are int, float, text (bytes on the wire), hex, none.
`expected.csv`: readings, and as `bad` the texts of the events, in order.
"""

import csv
from pathlib import Path

import pytest

from collectors.snmp.parse import parse
from core.readings import Batch
from core.schema.load import load_profile
from tests.collectors.snmp.cast import T0, device, snmp

CASES = sorted((Path(__file__).parents[2] / "cases" / "snmp").iterdir())


def read_answers(path: Path) -> dict[str, object]:
    answers: dict[str, object] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        oid, kind, *rest = line.split(" ", 2)
        answers[oid] = to_answer(kind, *rest)
    return answers


def to_answer(kind: str, text: str = "") -> object:
    match kind:
        case "int":
            return int(text)
        case "float":
            return float(text)
        case "text":
            return text.encode()
        case "hex":
            return bytes.fromhex(text)
        case "none":
            return None
    raise AssertionError(f"unknown kind {kind!r}")


def rows_of(batch: Batch) -> list[dict[str, str]]:
    readings = [("reading", r.metric, r.component, f"{r.value:g}") for r in batch.readings]
    events = [("bad", e.text, e.component, "") for e in batch.events]
    keys = ("kind", "metric", "component", "value")
    return [dict(zip(keys, row, strict=True)) for row in (*readings, *events)]


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case.name))
def test_the_answers_of_a_case_become_what_it_expects(case: Path) -> None:
    source = snmp(161)
    profile = load_profile(case / "profile.yaml")

    batch = parse(device(source, profile=profile), source, read_answers(case / "answers.txt"), T0)

    with (case / "expected.csv").open(encoding="utf-8", newline="") as expected:
        assert rows_of(batch) == list(csv.DictReader(expected))
