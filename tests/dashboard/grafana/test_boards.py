"""What the dashboards ask and show: every question by a real InfluxDB, every type by Grafana's own."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.readings import Event, Reading
from core.schema.load import load_site
from core.schema.rules.limit import LimitRule
from core.schema.site import Site
from core.time.clock import HOUR, MINUTE
from dashboard.grafana.boards import Board, boards, uid_of
from dashboard.grafana.panels import _COLOURS, _RANK, thresholds
from storage.influx.forward import Forwarder
from storage.influx.state import ForwardState, target_of
from storage.series import SeriesReader
from tests.storage.influx.cast import T0, Way
from tests.support.influxdb import Server

ROOT = Path(__file__).parents[3]
HERE = Path(__file__).parent
DATABASE = "boards"


@pytest.fixture(scope="module")
def site() -> Site:
    """Every kind of device that ships, as the demo has them."""
    return load_site(ROOT / "config" / "demo.yaml")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, site: Site) -> Iterator[Server]:
    """A real InfluxDB that was forwarded three readings of each metric of each device."""
    folder = tmp_path_factory.mktemp("boards")
    server = Server(folder)
    server.start()
    server.ask(f"create database {DATABASE}")
    way = Way(server, DATABASE, folder)
    way.store(
        [
            Reading(device.id, metric, float(step), T0 + step * 10 * MINUTE, "part")
            for device in site.devices.values()
            for metric in device.profile.metrics
            for step in range(3)
        ],
        [Event("ups-1", "note", "said", T0)],
    )
    forward(way, site)
    yield server
    server.stop(kill=True)


def forward(way: Way, site: Site) -> None:
    client = way.server.client(DATABASE)
    state = ForwardState(way.folder / "forward.db", target_of(client.settings, site.file.id))
    series = SeriesReader(way.folder / "series.db")
    forwarder = Forwarder(series, client, state, site.file.id, 5_000)
    while forwarder.step(T0) == "more":
        pass
    assert forwarder.error is None
    client.close()
    state.close()


def questions(board: Board) -> Iterator[tuple[str, str]]:
    """Every question of a dashboard with its panel's title, once for each device to choose."""
    listed = board.model["templating"].get("list", [])
    devices = [entry.rpartition(" : ")[2] for one in listed for entry in one["query"].split(",")]
    for panel in board.model["panels"]:
        for target in panel.get("targets", []):
            for device in devices if "$device" in target["query"] else [""]:
                yield panel["title"], target["query"].replace("$device", device)


def asked(server: Server, question: str) -> list[Any]:
    """The series of the answer, as the engine gives them for what Grafana fills in."""
    shown = f"time >= {T0 - HOUR}ms and time <= {T0 + HOUR}ms"
    text = question.replace("$timeFilter", shown).replace("$__interval", "1m")
    answer: Any = server.ask(text, DATABASE)
    [result] = answer["results"]
    assert "error" not in result, (text, result)
    return list(result.get("series", []))


def test_every_question_is_answered_by_a_real_influxdb(server: Server, site: Site) -> None:
    count = 0
    for board in boards(site):
        for title, question in questions(board):
            count += 1
            assert asked(server, question), (board.uid, title, question)
    assert count > 200


def test_an_hour_of_a_counter_and_a_share_of_answers_are_right(server: Server, site: Site) -> None:
    by_name = {board.uid: board for board in boards(site)}
    [counted] = [
        question
        for title, question in questions(by_name["scanward-demo-ups-rfc1628"])
        if title == "Times the mains was bad, an hour"
    ]
    values = [row[1] for row in asked(server, counted)[0]["values"]]
    assert values == [6.0, 6.0], "one more every ten minutes"
    share = next(questions(by_name["scanward-demo-uptime"]))[1]
    assert {row["values"][0][1] for row in asked(server, share)} == {100.0}


def test_the_same_site_gives_the_same_dashboards_and_ids_never_clash(site: Site) -> None:
    once, again = boards(site), boards(site)
    assert once == again
    uids = [board.uid for board in once]
    assert len(set(uids)) == len(uids)
    assert all(len(uid) <= 40 for uid in uids)
    assert uid_of("a" * 60, "x") != uid_of("a" * 60, "y")
    for board in once:
        numbers = [panel["id"] for panel in board.model["panels"]]
        assert len(set(numbers)) == len(numbers)


def test_panels_do_not_lie_on_one_another(site: Site) -> None:
    for board in boards(site):
        taken: set[tuple[int, int]] = set()
        for panel in board.model["panels"]:
            at = panel["gridPos"]
            cells = {
                (x, y)
                for x in range(at["x"], at["x"] + at["w"])
                for y in range(at["y"], at["y"] + at["h"])
            }
            assert not cells & taken, (board.uid, panel["title"])
            assert max(x for x, _ in cells) < 24
            taken |= cells


limits = st.lists(
    st.builds(
        lambda side, limit, severity: LimitRule.model_validate(
            {
                **{"id": "r", "title": "R", "metric": "m", "basis": "engineering"},
                **{side: limit, "severity": severity},
            }
        ),
        st.sampled_from(["above", "below"]),
        st.integers(-5, 5).map(float),
        st.sampled_from(_RANK),
    ),
    max_size=4,
)


@given(limits, st.integers(-12, 12).map(lambda n: n / 2))
def test_the_colour_of_a_value_is_that_of_the_worst_limit_it_is_beyond(
    rules: list[LimitRule], value: float
) -> None:
    steps = thresholds(rules).build().steps
    reached = [step.color for step in steps if step.value is None or step.value <= value]
    sounding = [rule.severity for rule in rules if rule.is_beyond(value)]
    wanted = _COLOURS[max(sounding, key=_RANK.index)] if sounding else "green"
    assert reached[-1] == wanted


@pytest.mark.servers
def test_they_are_of_grafanas_own_published_types(site: Site, tmp_path: Path) -> None:
    compiler = HERE / "node_modules" / ".bin" / "tsc"
    if not compiler.exists():
        pytest.skip(
            "needs server: Grafana's types are not installed (npm, tests/support/servers.sh)"
        )
    assert compiled(compiler, tmp_path, [board.model for board in boards(site)]) == ""
    wrong = boards(site)[0].model
    wrong["panels"][0]["fieldConfig"]["defaults"]["thresholds"] = {"mode": "relative", "steps": []}
    assert "relative" in compiled(compiler, tmp_path, [wrong]), "the check can fail"


_PLAIN = """\
import type { Dashboard } from "@grafana/schema";
// An enumeration's member is not its text for TypeScript, but in JSON it is.
type Plain<T> = T extends string ? `${T}` : T extends number ? number : T extends (infer U)[] ? Plain<U>[]
  : T extends object ? { [K in keyof T]: Plain<T[K]> } : T;
"""


def compiled(compiler: Path, folder: Path, models: list[dict[str, Any]]) -> str:
    """What TypeScript says of them, nothing if all is well."""
    lines = [_PLAIN]
    for number, model in enumerate(models):
        text = json.dumps(as_typed(model))
        lines.append(f"export const board{number}: Plain<Dashboard> = {text};\n")
    (folder / "boards.ts").write_text("".join(lines))
    if not (folder / "node_modules").exists():
        (folder / "node_modules").symlink_to(HERE / "node_modules")
    options = "--noEmit --strict --skipLibCheck --module esnext --moduleResolution bundler"
    ended = subprocess.run(
        [str(compiler), *options.split(), "--target", "es2022", str(folder / "boards.ts")],
        capture_output=True, text=True, timeout=100, cwd=folder,
    )  # fmt: skip
    return ended.stdout


def as_typed(model: dict[str, Any]) -> dict[str, Any]:
    """Without two things that Grafana reads and its types do not have.

    The tags of an annotation query, of which the types say that they stand at another place than they
    do, and what the SDK writes of interval variables into every variable.
    """
    copy: dict[str, Any] = json.loads(json.dumps(model))
    for query in copy["annotations"]["list"]:
        del query["target"]
    for variable in copy.get("templating", {}).get("list", []):
        for name in ("auto", "auto_min", "auto_count"):
            variable.pop(name, None)
    return copy
