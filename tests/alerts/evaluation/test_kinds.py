"""A kind of rule is its model, its judge and one line in the registry: nobody else knows it."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

import pytest
from sqlalchemy import select

from alerts.evaluation.engine import AlertEngine
from alerts.evaluation.history import History
from alerts.evaluation.judge import OK, Judge, Judgement, RuleState, held
from alerts.evaluation.kinds import judge_for
from alerts.notification.notices import NoticeGiver
from core.errors import ConfigError
from core.readings import Batch, Reading
from core.schema.kinds import class_named
from core.schema.load import load_site
from core.schema.rules.base import MetricRule, Wording
from core.schema.rules.registry import KINDS, RuleKind, rule_model
from core.time.clock import MINUTE
from core.time.duration import Duration
from dashboard.components.device.values import rule_list
from storage.records import Alert, Delivery, Records
from storage.records import alerts as alert_rows
from storage.series import SeriesReader, SeriesWriter
from tests.storage.tables import made
from tests.support.names import sources

if TYPE_CHECKING:
    from core.schema.profile import Profile

T0 = 1_760_000_400_000

SITE = """
id: test
name: Test
zone: Asia/Kabul
storage: {folder: FOLDER}
channels: [{id: log, kind: log}]
routes: [{severities: [warning], channels: [log]}]
devices:
  - {id: door-1, name: Door, profile: door, sources: [{kind: snmp, host: 192.0.2.1, community: c}]}
"""

PROFILE = """
title: Door
metrics:
  turns: {title: Turns}
rules:
  - {id: turns_odd, kind: parity, title: Turns are odd, metric: turns, remainder: 1, lasting: 2m,
     severity: warning, basis: engineering}
snmp: {values: [{metric: turns, oid: 1.3.6.1.1}]}
"""


class ParityRule(MetricRule):
    """The whole number has a remainder by two; no shipped kind would say so."""

    kind: Literal["parity"]
    remainder: Literal[0, 1]
    lasting: Duration = 0

    def wording(self, profile: "Profile") -> Wording:
        return Wording("limit.above", profile.metrics[self.metric], value=self.remainder)


class ParityJudge(Judge[ParityRule]):
    """Fires after the hold, ends at the first number of the other parity."""

    def judge_reading(self, reading: Reading, before: RuleState, history: History) -> Judgement:
        is_wrong = reading.value % 2 == self.rule.remainder
        after = held(before, reading.at, self.rule.lasting) if is_wrong else OK
        return Judgement(after, reading.at, reading.value, self.rule.remainder)


@pytest.fixture
def registered(monkeypatch: pytest.MonkeyPatch) -> None:
    """The line in the registry; taken back after the test."""
    monkeypatch.setitem(
        KINDS, "parity", RuleKind(f"{__name__}:ParityRule", f"{__name__}:ParityJudge")
    )


def site_file(folder: Path, profile: str = PROFILE) -> Path:
    (folder / "profiles").mkdir()
    (folder / "profiles" / "door.yaml").write_text(profile, encoding="utf-8")
    path = folder / "site.yaml"
    path.write_text(SITE.replace("FOLDER", str(folder)), encoding="utf-8")
    return path


@pytest.mark.usefixtures("registered")
def test_a_new_kind_is_loaded_from_a_profile_and_fired_by_the_real_engine(tmp_path: Path) -> None:
    site = load_site(site_file(tmp_path))
    writer, records = SeriesWriter(site.series_path), made(Records(site.records_url))
    engine = AlertEngine(site, SeriesReader(site.series_path), records)

    def states(*values: float) -> list[str]:
        """The alerts' states, oldest first, after so many more readings, a minute apart."""
        for value in values:
            at = T0 + MINUTE * next(minutes)
            writer.append([Batch([Reading("door-1", "turns", value, at)])])
        assert engine.step()
        engine.tick(at)
        return [alert.state for alert in alerts(records) if alert.rule == "turns_odd"]

    minutes = iter(range(100))
    assert states(3, 5) == ["pending"]
    assert states(7) == ["firing"]
    notices = NoticeGiver(site, records)
    assert notices.give_notices(T0 + 3 * MINUTE) == 1
    assert states(8, 9) == ["pending", "ok"]
    fired = alerts(records)[-1]
    assert (fired.metric, fired.value, fired.limit) == ("turns", 3, 1)
    assert (fired.fired_at, fired.ended_at) == (T0 + 2 * MINUTE, T0 + 3 * MINUTE)
    assert notices.give_notices(T0 + 4 * MINUTE) == 1
    with records.reading() as db:
        assert db.scalars(select(Delivery.channel)).all() == ["log", "log"]
    assert "Turns are odd: above 1, Warning" in rule_list(site.devices["door-1"].profile)
    writer.close()
    records.close()


def alerts(records: Records) -> list[Alert]:
    with records.reading() as db:
        return alert_rows.alerts_since(db, 0)


@pytest.mark.usefixtures("registered")
def test_what_a_new_kind_names_wrongly_is_reported_with_its_place(tmp_path: Path) -> None:
    text = PROFILE.replace("metric: turns, rem", "metric: tunrs, rem")
    with pytest.raises(ConfigError, match=r"rules\[0\].metric: unknown metric 'tunrs' \(did you"):
        load_site(site_file(tmp_path, text))


@pytest.mark.usefixtures("registered")
def test_a_key_that_a_new_kind_does_not_have_is_reported_with_its_own_keys(tmp_path: Path) -> None:
    text = PROFILE.replace("remainder: 1", "remainer: 1")
    with pytest.raises(ConfigError, match=r"rules\[0\].remainer: unknown key \(did you mean 'rem"):
        load_site(site_file(tmp_path, text))


def test_a_kind_that_is_not_registered_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"rules\[0\].kind: unknown kind 'parity'"):
        load_site(site_file(tmp_path))


@pytest.mark.servers  # as long as one
@pytest.mark.parametrize("kind", KINDS)
def test_every_line_of_the_registry_names_a_model_of_its_kind_and_a_judge_for_it(kind: str) -> None:
    model = rule_model(kind)
    assert get_args(model.model_fields["kind"].annotation) == (kind,)
    fields: dict[str, Any] = {"kind": kind}
    judge = judge_for("mri-1", model.model_construct(**fields))
    assert type(judge) is class_named(KINDS[kind].judge)


@pytest.mark.servers  # as long as they take
def test_nobody_but_the_registry_and_the_kind_itself_asks_which_kind_a_rule_is() -> None:
    models = {place.model.partition(":")[2] for place in KINDS.values()}
    places = {
        path.name
        for path in sources()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if is_rule_kind(node) or models & set(classes_in_question(node))
    }
    assert places == {"kinds.py"}


def is_rule_kind(node: ast.AST) -> bool:
    """Is it the expression `rule.kind`?"""
    return isinstance(node, ast.Attribute) and ast.unparse(node) == "rule.kind"


def classes_in_question(node: ast.AST) -> Iterator[str]:
    """The classes that an `isinstance` or a `case` asks for."""
    if isinstance(node, ast.MatchClass):
        yield ast.unparse(node.cls)
    elif isinstance(node, ast.Call) and is_called(node, "isinstance"):
        yield from (name.id for name in ast.walk(node.args[1]) if isinstance(name, ast.Name))


def is_called(call: ast.Call, function: str) -> bool:
    return isinstance(call.func, ast.Name) and call.func.id == function
