"""The client of docs/, against the real server."""

import importlib.util
import time
from pathlib import Path
from types import ModuleType

import pytest

from access import api_tokens
from core.time.clock import MINUTE
from core.vocabulary.rights import RIGHTS
from storage.records import WorkOrder
from storage.records import base as table_rows
from tests.dashboard.centre import Centre
from tests.dashboard.conftest import Served
from tests.support.ports import free_port

pytestmark = pytest.mark.servers

FILE = Path(__file__).parents[4] / "docs" / "scanward_client.py"


@pytest.fixture(scope="module")
def client() -> ModuleType:
    spec = importlib.util.spec_from_file_location("scanward_client", FILE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_it_reads_page_by_page_writes_once_and_tells_why_not(
    served: Served, centre: Centre, client: ModuleType
) -> None:
    with centre.change(time.time_ns() // 1_000_000) as tx:
        token = api_tokens.make_token(tx, "sara", "test", ["read", *RIGHTS])
    scanward = client.Scanward(f"{served.url}/", token)
    assert [device["id"] for device in scanward.get("devices")] == [
        "mr-1",
        "ct-2",
        "ups-1",
        "spare",
    ]
    since = time.time_ns() // 1_000_000 - 11 * MINUTE
    query = {"device": "ups-1", "metric": "load_pct", "since": since}
    assert len(list(scanward.pages("readings", limit=50, **query))) == 122
    first = scanward.post("orders", {"device": "ct-2", "title": "Fan is loud"}, key="fan")
    again = scanward.post("orders", {"device": "ct-2", "title": "Fan is loud"}, key="fan")
    assert first == again
    scanward.post(f"orders/{first['id']}/completion", {"result": "Fan changed"})
    assert list(scanward.pages("orders")) == []
    assert [order["state"] for order in scanward.pages("orders", ended=True)] == ["done"]
    with pytest.raises(client.ScanwardProblem, match=r"404: no device 'ct-3' \(did you mean") as no:
        scanward.get("devices/ct-3")
    assert no.value.status == 404
    with pytest.raises(client.ScanwardProblem, match="422: title: Field required"):
        scanward.post("orders", {"device": "ct-2"})
    with pytest.raises(client.ScanwardProblem, match="401: "):
        client.Scanward(served.url, token + "x").get("site")
    with centre.records.reading() as db:
        assert len(table_rows.all_rows(db, WorkOrder)) == 1


def test_nobody_there_is_a_problem_too(client: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "FIRST_PAUSE_S", 0.001)
    with pytest.raises(client.ScanwardProblem, match="does not answer") as nobody:
        client.Scanward(f"http://127.0.0.1:{free_port()}", "x").get("site")
    assert nobody.value.status == 0
    with pytest.raises(ValueError, match="does not begin with http"):
        client.Scanward("file:///etc", "x")
