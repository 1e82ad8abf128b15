"""Bringing Grafana up to date, against its documented HTTP API."""

import json
from collections.abc import Iterator
from contextlib import closing
from importlib import metadata
from pathlib import Path

import pytest
import yaml

from app.services.grafana import bring_up_to_date, write_files
from core.errors import ConfigError, StoreError
from core.time.clock import DAY, HOUR
from dashboard.grafana.api import Grafana
from dashboard.grafana.boards import boards
from dashboard.grafana.marks import Mark, annotate
from tests.dashboard.grafana.conftest import Place

T0 = 1_760_000_400_000
UPS = "scanward-herat-ups-rfc1628"


@pytest.fixture(autouse=True)
def no_alerts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Marks have tests of their own, below."""
    monkeypatch.setattr("app.services.grafana.marks", lambda *_: [])


def synced(place: Place, *, force: bool = False) -> dict[str, str]:
    """What became of each thing."""
    lines: Iterator[str] = bring_up_to_date(place.site, place.path, force=force)
    return {what: done for what, _, done in (line.rpartition(": ") for line in lines)}


def test_the_first_time_everything_is_made_and_the_second_time_nothing_is_touched(
    place: Place,
) -> None:
    first = synced(place)
    assert set(first.values()) == {"made", "0 made or changed"}
    assert list(place.grafana.boards) == [board.uid for board in boards(place.site)]
    assert {board[-1]["folderUid"] for board in place.grafana.boards.values()} == {
        "scanward-herat-folder"
    }
    place.grafana.changes.clear()
    assert set(synced(place).values()) == {"unchanged", "0 made or changed"}
    assert place.grafana.changes == []


def test_a_device_more_is_an_update_of_what_shows_it(place: Place) -> None:
    synced(place)
    place.replace(
        "  - {id: mri-2,", "  - {id: ups-3, name: Third, profile: ups-rfc1628}\n  - {id: mri-2,"
    )
    done = synced(place)
    assert {what for what, how in done.items() if how == "updated"} == {
        "Herat: all devices", "Herat: UPS", "Herat: who answered"
    }  # fmt: skip
    assert "ups-3" in json.dumps(place.grafana.boards[UPS][-1])


def test_what_was_changed_by_hand_is_left_until_it_is_forced(place: Place) -> None:
    synced(place)
    place.grafana.edit(UPS)
    lines = list(bring_up_to_date(place.site, place.path, force=False))
    assert "Herat: UPS: left: it was changed by hand; --force puts ours back" in lines
    assert place.grafana.boards[UPS][-1]["dashboard"]["title"] == "Mine"
    assert synced(place, force=True)["Herat: UPS"] == "updated"
    assert place.grafana.boards[UPS][-1]["dashboard"]["title"] == "Herat: UPS"
    assert len(place.grafana.boards[UPS]) == 3, "the version of the hand can be gone back to"
    assert synced(place)["Herat: UPS"] == "unchanged"


def test_a_dashboard_that_was_moved_stays_where_it_is(place: Place) -> None:
    synced(place)
    place.grafana.folders["mine"] = {"uid": "mine"}
    place.grafana.edit(UPS, folder="mine")
    synced(place, force=True)
    assert place.grafana.boards[UPS][-1]["folderUid"] == "mine"


def test_a_change_between_our_look_and_our_save_is_not_overwritten(place: Place) -> None:
    synced(place)
    place.replace("name: UPS 2", "name: UPS two")
    place.grafana.before_save = lambda uid: place.grafana.edit(UPS) if uid == UPS else None
    with pytest.raises(StoreError, match="somebody changed it"):
        synced(place)
    assert place.grafana.boards[UPS][-1]["dashboard"]["title"] == "Mine"


def test_the_data_source_speaks_influxql_and_its_token_may_change(place: Place) -> None:
    synced(place)
    source = place.grafana.sources["scanward-herat-influxdb"]
    assert source["jsonData"]["version"] == "InfluxQL"
    assert source["jsonData"]["dbName"] == "scanward"
    assert source["secureJsonData"] == {"httpHeaderValue1": "Token s3cret"}
    shown = {key: value for key, value in source.items() if key != "secureJsonData"}
    assert "s3cret" not in json.dumps(shown)
    (place.folder / "influx").write_text("another")
    assert synced(place)["data source"] == "updated"


def test_grafana_may_reach_influxdb_otherwise_and_with_a_token_that_only_reads(
    place: Place,
) -> None:
    (place.folder / "reader").write_text("reads")
    more = f'influxdb_url: "http://inside:8086", influxdb_token: "file:{place.folder}/reader", url:'
    place.replace("grafana: {url:", f"grafana: {{{more}")
    synced(place)
    source = place.grafana.sources["scanward-herat-influxdb"]
    assert source["url"] == "http://inside:8086"
    assert source["secureJsonData"] == {"httpHeaderValue1": "Token reads"}


def test_influxdb_1_has_a_user_and_a_password(place: Place) -> None:
    place.replace(
        f'token: "file:{place.folder}/influx"', f'user: u, password: "file:{place.folder}/influx"'
    )
    synced(place)
    source = place.grafana.sources["scanward-herat-influxdb"]
    assert (source["user"], source["secureJsonData"]) == ("u", {"password": "s3cret"})


@pytest.mark.parametrize(
    ("broken", "words", "permanent"),
    [
        ((401, {"message": "Invalid API key"}), "check `grafana.token`", True),
        ((403, {"message": "no"}), "the role Admin", True),
        ((500, {"message": "oops"}), "500: the server failed (oops)", False),
        ((502, b"<html>Bad Gateway"), "502: the server failed", False),
        ((200, b"<html>Welcome"), "Expecting value", False),
    ],
)
def test_what_grafana_refuses_is_said_with_what_to_do(
    place: Place, broken: tuple[int, object], words: str, permanent: bool
) -> None:
    place.grafana.broken = broken
    with pytest.raises(StoreError) as caught:
        synced(place)
    assert words in str(caught.value)
    assert caught.value.permanent == permanent


def test_a_grafana_that_is_not_there_or_not_set(place: Place) -> None:
    url = place.site.file.grafana
    assert url
    place.replace(url.url, "http://127.0.0.1:9")
    with pytest.raises(StoreError, match=r"http://127\.0\.0\.1:9: .*refused"):
        synced(place)
    place.path.write_text("".join(
        line for line in place.path.read_text().splitlines(keepends=True) if "grafana:" not in line
    ))  # fmt: skip
    with pytest.raises(ConfigError, match="grafana: is not set"):
        synced(place)


def test_user_and_password_do_as_well_and_its_health_is_asked(place: Place) -> None:
    (place.folder / "password").write_text("only-for-tests")
    place.replace(
        f'token: "file:{place.folder}/token"',
        f'user: admin, password: "file:{place.folder}/password"',
    )
    settings = place.site.file.grafana
    assert settings
    with closing(Grafana(settings)) as server:
        assert server.check() == "12.4.4"
    (place.folder / "password").write_text("wrong")
    with closing(Grafana(settings)) as server, pytest.raises(StoreError, match="does not know us"):
        server.check()


def test_both_ways_in_are_one_too_many(place: Place) -> None:
    place.replace("grafana: {", "grafana: {user: admin, password: env:X, ")
    with pytest.raises(ConfigError, match="either `token`, or"):
        _ = place.site


def test_an_alert_is_marked_once_and_its_end_is_added(place: Place) -> None:
    settings = place.site.file.grafana
    assert settings
    old = Mark("alert:1", "ups-1", "critical", "UPS: Battery", T0 - 90 * DAY, None)
    new = Mark("alert:2", "mri-2", "warning", "MRI: Helium", T0, T0 + HOUR)
    with closing(Grafana(settings)) as server:
        assert annotate(server, "herat", [old]) == 1
        assert annotate(server, "herat", [new, old]) == 1
        assert annotate(server, "herat", [new, old]) == 0
        over = Mark(old.key, old.device, old.severity, old.text, old.start, T0 + 2 * HOUR)
        assert annotate(server, "herat", [new, over]) == 1
        assert annotate(server, "herat", [new, over]) == 0
        assert annotate(server, "other", [new]) == 1, "another site's alerts are others"
        assert annotate(server, "herat", []) == 0
    kept = place.grafana.annotations
    assert (kept[1]["time"], kept[1]["timeEnd"]) == (old.start, T0 + 2 * HOUR)
    assert kept[2]["tags"] == ["scanward", "site:herat", "device:mri-2", "warning", "alert:2"]


def test_the_files_hold_the_same_and_no_secret(place: Place, tmp_path: Path) -> None:
    folder = tmp_path / "provisioning"
    (folder / "dashboards" / "herat").mkdir(parents=True)
    (folder / "dashboards" / "herat" / "gone.json").write_text("{}")
    written = write_files(place.site, place.path, folder, "/etc/grafana/provisioning")
    assert sorted(path for path in folder.rglob("*") if path.is_file()) == sorted(written)
    pages = {path.stem: json.loads(path.read_text()) for path in folder.rglob("*.json")}
    assert pages == {board.uid: board.model for board in boards(place.site)}
    provider = yaml.safe_load((folder / "dashboards" / "herat.yaml").read_text())["providers"][0]
    assert provider["options"]["path"] == "/etc/grafana/provisioning/dashboards/herat"
    [source] = yaml.safe_load((folder / "datasources" / "herat.yaml").read_text())["datasources"]
    said = f"Token $__file{{{tmp_path}/influx}}"
    assert source["secureJsonData"] == {"httpHeaderValue1": said}
    assert all("s3cret" not in path.read_text() for path in written)


def test_urllib3_is_the_genuine_one() -> None:
    """urllib3-future lays itself over urllib3, on which influxdb-client and requests stand."""
    assert set(metadata.packages_distributions()["urllib3"]) == {"urllib3"}
