"""A limit is tried in a process of its own: how far it is, what it brought, and what went wrong."""

import json
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.errors import RefusedError
from dashboard.system import backtest_run
from dashboard.system.backtest_run import BacktestRun, start

pytestmark = pytest.mark.servers

ALERT = {"component": "", "fired_at": 5, "ended_at": None, "value": 1.5, "fired_by": "both"}
SIDE = {"start": 0, "end": 9, "alerts": [ALERT, {**ALERT, "fired_by": "present"}], "messages": [1]}
OUTPUT = json.dumps({"changed": SIDE, "present": {**SIDE, "alerts": []}})


@pytest.fixture(autouse=True)
def _nothing_runs_afterwards() -> Iterator[None]:
    yield
    for thread in threading.enumerate():
        if thread.name == "limit-trial":
            thread.join(60)


def begin(script: str, limit_s: float = 60.0) -> BacktestRun:
    return start(Path("x"), "ct-1", "hot", "name=x", (sys.executable, "-c", script), limit_s)


def ended(run: BacktestRun) -> BacktestRun:
    for thread in threading.enumerate():
        if thread.name == "limit-trial":
            thread.join(60)
    return run


def test_both_sides_are_read_without_what_only_the_records_had() -> None:
    run = ended(
        begin(f"import sys; sys.stderr.write('\\r x  40 %\\n\\r x 20 %'); print({OUTPUT!r})")
    )
    assert (run.state, run.percent) == ("ended", 60)
    assert run.changed is not None
    assert run.present is not None
    assert [alert.value for alert in run.changed.alerts] == [1.5]
    assert run.present.alerts == ()


def test_a_mistake_is_told_in_its_own_words_and_only_one_runs_at_a_time() -> None:
    with backtest_run._RUNNING, pytest.raises(RefusedError, match="another limit"):
        begin("pass")
    run = begin("import sys; sys.exit('there is no device')")
    assert (ended(run).state, run.why) == ("failed", "there is no device")


def test_what_takes_too_long_or_answers_nonsense_is_no_evidence() -> None:
    assert ended(begin("import time; time.sleep(60)", 0.05)).state == "too_long"
    assert ended(begin("print('[]')")).state == "failed"
