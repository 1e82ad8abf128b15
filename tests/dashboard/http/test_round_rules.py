"""The server and the phone ask the same about what is typed on a round."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.errors import RefusedError, UnsureError
from core.number_input import number
from core.time.clock import DAY
from dashboard.http import round_page
from dashboard.http.round_data import lines_data, spelling_data
from dashboard.queries import rounds as round_queries
from dashboard.queries import stores
from maintenance.rounds.manual_entry import EnteredValue, enter_readings
from tests.dashboard.centre import Centre, opened
from tests.dashboard.http.round_building import build_rounds, read_before
from tests.dashboard.http.round_cases import CASES, Typed

NOW = 1_785_000_000_000
RULES = Path(round_page.__file__).parent / "round_rules.js"
ASK = """
const rules = require(process.argv[1]);
const { spelling, lines, cases, at } = JSON.parse(require("fs").readFileSync(0, "utf8"));
console.log(JSON.stringify(cases.map(([metric, text]) => {
  const line = Object.values(lines).find((each) => each.device === "pump-1" && each.metric === metric);
  const judged = rules.judge(line, text, at, spelling);
  const broken = judged.wrong ? "" : rules.outside(line, judged.value) ?? "";
  return [judged.wrong ? "refused" : judged.asked ? "asked" : "taken", judged.value ?? null, judged.wrong ?? judged.asked ?? "", broken];
})));
"""

CLOCK = """
const RoundClock = require(process.argv[1]);
const kept = {}, phone = { date: 0, count: 0 };
const memory = () => ({ getItem: (name) => kept[name] ?? null, setItem: (name, text) => { kept[name] = text; } });
const opened = (carried) => RoundClock(carried, { now: () => phone.date }, { now: () => phone.count }, memory);
const MINUTE = 60_000, DAY = 24 * 60 * MINUTE, T = 1_785_000_000_000, answers = [];
phone.date = 0; // 1970
let clock = opened(T);
clock.learn(T);
phone.date += MINUTE; phone.count += MINUTE;
answers.push(clock.now() - T);
phone.date += 50 * 365 * DAY; // put right
phone.count += MINUTE; phone.date += MINUTE;
answers.push(clock.now() - T);
phone.date = 2_085_000_000_000; // 2036
clock.learn(T);
phone.date += 60 * MINUTE; phone.count += MINUTE; // it slept
answers.push(clock.now() - T);
phone.date -= DAY; phone.count += MINUTE; // set back
answers.push(clock.now() - T);
phone.date = 2_085_000_000_000; phone.count = 0;
clock.learn(T);
phone.date += 5 * MINUTE;
answers.push(opened(T - DAY).now() - T); // opened without a network: what the page carries is of yesterday
console.log(JSON.stringify(answers.map((answer) => answer / MINUTE)));
"""


@pytest.fixture
def centre(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Centre]:
    path = build_rounds(tmp_path)
    monkeypatch.setenv(stores.SITE_VARIABLE, str(path))
    monkeypatch.setattr(stores, "now", lambda: NOW)
    centre = opened(path)
    read_before(centre, NOW)
    yield centre
    centre.series.close()
    centre.records.close()


def by_server(centre: Centre, typed: Typed) -> str:
    """What the server makes of it."""
    try:
        value = EnteredValue(typed.metric, number(typed.text))
        with centre.change(NOW) as tx:
            enter_readings(tx, "pump-1", [value], NOW)
            tx.db.rollback()
    except UnsureError:
        return "asked"
    except (RefusedError, ValueError):
        return "refused"
    return "taken"


def by_phone(cases: tuple[Typed, ...]) -> list[tuple[str, float | None, str, str]]:
    """What the script of the page makes of them: answer, value, words, which limit is broken."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("needs node")
    devices = round_queries.walk_now()
    everything = {
        "spelling": spelling_data(),
        "lines": lines_data(devices, round_queries.bounds_of(devices)),
        "cases": [(case.metric, case.text) for case in cases],
        "at": NOW,
    }
    done = subprocess.run(
        [node, "-e", ASK, str(RULES)], input=json.dumps(everything), capture_output=True, text=True, check=True
    )  # fmt: skip
    return [tuple(row) for row in json.loads(done.stdout)]


def test_the_server_judges_each_case(centre: Centre) -> None:
    assert [by_server(centre, case) for case in CASES] == [case.answer for case in CASES]


@pytest.mark.servers
def test_the_phone_judges_each_case_as_the_server(centre: Centre) -> None:
    rows = by_phone(CASES)
    assert [row[:2] for row in rows if row[0] != "refused"] == [
        (case.answer, case.value) for case in CASES if case.answer != "refused"
    ]
    assert [row[0] for row in rows] == [case.answer for case in CASES]


@pytest.mark.servers
def test_the_phone_asks_in_the_servers_words(centre: Centre) -> None:
    asked, unit, two_ways, outside = by_phone(
        (
            Typed("used_s", "13200", "asked"),
            Typed("pressure_kpa", "22 kPa", "refused"),
            Typed("pressure_kpa", "1,250", "refused"),
            Typed("pressure_kpa", "۳۱", "taken"),
        )
    )
    with centre.change(NOW) as tx, pytest.raises(UnsureError) as doubt:
        enter_readings(tx, "pump-1", [EnteredValue("used_s", 13_200)], NOW)
    assert asked[2] == str(doubt.value)
    for row, typed in ((unit, "22 kPa"), (two_ways, "1,250")):
        with pytest.raises(ValueError, match=typed) as mistake:
            number(typed)
        assert row[2] == str(mistake.value.args[0])
    assert (outside[0], "10 to 30" in outside[3]) == ("taken", True)


def test_a_round_goes_room_by_room_and_asks_for_nothing_that_a_source_brings(
    centre: Centre,
) -> None:
    devices = round_queries.walk_now()
    ids = [each.device.id for each in devices]
    assert ids == ["ct-2", "pump-2", "ups-1", "pump-1", "pump-3", "spare"]
    assert [value.metric for value in devices[0].values] == ["scan_count"]
    before = devices[3].values
    assert [value.last.value for value in before if value.last is not None][:2] == [22.6, 131_000]
    due = [value.metric for value in before if value.is_due(NOW - DAY, centre.site)]
    assert due == ["never_c", "lamp"], "the others were read on that day"


@pytest.mark.servers
def test_a_phones_clock_of_1970_or_2036_that_sleeps_leaps_or_was_closed_tells_the_servers_time() -> (
    None
):
    node = shutil.which("node")
    if node is None:
        pytest.skip("needs node")
    script = RULES.with_name("round_clock.js")
    done = subprocess.run(
        [node, "-e", CLOCK, str(script)], capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout) == [1, 2, 60, 2, 5]
