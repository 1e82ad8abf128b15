"""`scanward grafana` as an operator meets it, and the alerts that become marks."""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli.main import cli
from app.services.grafana import LOOK_BACK, mark_alerts, marks
from core.errors import ConfigError
from core.schema.load import load_site
from core.time.clock import HOUR, MINUTE
from dashboard.grafana.api import Grafana
from dashboard.grafana.marks import annotate
from maintenance.downtime import records as downtime
from maintenance.work_orders import lifecycle as orders
from storage.records import Alert, Records
from tests.dashboard.grafana.conftest import Place
from tests.dashboard.grafana.fake import FakeGrafana, running

T0 = 1_760_000_400_000


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    grafana = FakeGrafana()
    with running(grafana) as url:
        place = Place(tmp_path, grafana, url)
        records = Records(place.site.records_url)
        records.upgrade()
        with records.writing("engine", T0) as db:
            for number, (fired, ended) in enumerate(
                [(T0, None), (T0, T0 + 1), (None, T0 + 1), (T0 - 9, T0 - 5)]
            ):
                db.add(alert(number, fired, ended))
        records.close()
        yield place


def alert(number: int, fired_at: int | None, ended_at: int | None) -> Alert:
    return Alert(
        device="ups-1", component="", rule=f"r{number}", title="On battery", severity="error",
        metric="on_battery_s", state="firing", began_at=T0 - 10, fired_at=fired_at, ended_at=ended_at,
    )  # fmt: skip


def test_alerts_that_fired_and_are_open_or_ended_lately_are_marks(place: Place) -> None:
    found = marks(place.site, T0 - 5 + LOOK_BACK + 1)
    assert sorted((mark.key, mark.start, mark.end or 0) for mark in found) == [
        ("alert:1", T0, 0),
        ("alert:2", T0, T0 + 1),
    ]
    assert found[0].text == "UPS, old : grey: On battery"


def test_downtime_and_work_are_marks_too(place: Place) -> None:
    records = Records(place.site.records_url)
    with records.writing("engineer", T0) as db:
        piece = downtime.open_downtime(
            db, "ups-1", T0 - HOUR, cause="mains", extent="hard", by="engineer"
        )
        begun, _ = (
            orders.open_order(
                db,
                device="ups-1",
                kind="corrective",
                opened_by="hand",
                title=title,
                by="engineer",
                now=T0 - HOUR,
            )
            for title in ("Fan", "Later")
        )
        orders.begin(db, begun.id, by="engineer", now=T0 - MINUTE)
        key = piece.id
    found = {mark.key: mark for mark in marks(place.site, T0)}
    assert (found[f"downtime:{key}"].start, found[f"downtime:{key}"].end) == (T0 - HOUR, None)
    assert found[f"downtime:{key}"].text == "UPS, old : grey: out of service (Mains)"
    assert found["order:1"].start == T0 - MINUTE
    assert "order:2" not in found, "nobody has begun it"
    settings = place.site.file.grafana
    assert settings
    with closing(Grafana(settings)) as server:
        assert annotate(server, "herat", found.values()) == len(found)
        with records.writing("engineer", T0) as db:
            downtime.correct(db, key, by="engineer", now=T0, began_at=T0 - 2 * HOUR, ended_at=T0)
        assert annotate(server, "herat", marks(place.site, T0)) == 1
    [kept] = [one for one in place.grafana.annotations.values() if f"downtime:{key}" in one["tags"]]
    assert (kept["time"], kept["timeEnd"]) == (T0 - 2 * HOUR, T0)
    records.close()


def test_sync_and_provision_on_the_command_line(place: Place, tmp_path: Path) -> None:
    where = ["--site", str(place.path)]
    ended = CliRunner().invoke(cli, ["grafana", "sync", *where])
    assert ended.exit_code == 0, ended.stdout
    assert ended.stdout.splitlines()[0] == "data source: made"
    folder = tmp_path / "files"
    ended = CliRunner().invoke(cli, ["grafana", "provision", str(folder), *where])
    assert f"wrote {folder}/datasources/herat.yaml" in ended.stdout.splitlines()
    with pytest.raises(ConfigError, match="is not a duration"):
        CliRunner().invoke(
            cli, ["grafana", "annotate", "--every", "x", *where], catch_exceptions=False
        )
    plain = ["--site", str(Path(__file__).parents[3] / "config" / "demo.yaml")]
    with pytest.raises(ConfigError, match=r"storage\.influxdb: is what"):
        CliRunner().invoke(
            cli, ["grafana", "provision", str(folder), *plain], catch_exceptions=False
        )


def test_marks_go_on_while_grafana_comes_and_goes_and_say_so_once(
    place: Place, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.services.grafana.now", lambda: T0 + 2)
    caplog.set_level(logging.INFO, "app.services.grafana")
    place.grafana.broken = (500, {"message": "starting"})
    stop = threading.Event()
    site = load_site(place.path)
    working = threading.Thread(target=mark_alerts, args=(site, place.path, stop, 20))
    working.start()
    time.sleep(0.3)
    place.grafana.broken = None
    until = time.monotonic() + 5
    while time.monotonic() < until and "Grafana has its marks again" not in caplog.messages:
        time.sleep(0.02)
    stop.set()
    working.join(5)
    assert [message.split(":")[0] for message in caplog.messages] == [
        "Grafana has no marks", "Grafana has its marks again"
    ]  # fmt: skip
    assert len(place.grafana.annotations) == 3
