"""The JSON API, without a server: requests go straight into the routes."""

import asyncio
import json
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from icalendar import Calendar
from starlette.applications import Starlette
from starlette.types import Message

from alerts.evaluation.window_changes import work_now
from core.readings import Reading
from core.time.clock import HOUR, MINUTE, SECOND, iso
from dashboard.http import api
from storage.records import Alert, Incident
from tests.dashboard.centre import Centre
from tests.dashboard.people import SARA_HERSELF

APP = Starlette(routes=api.ROUTES, exception_handlers=api.REFUSALS)


def get(url: str) -> tuple[int, Any]:
    """Status and JSON."""
    status, body = fetch(url)
    return status, json.loads(body)


def fetch(url: str) -> tuple[int, bytes]:
    """Status and body."""
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    parts = urlsplit(url)
    scope = {
        "type": "http",
        "method": "GET",
        "path": parts.path,
        "raw_path": parts.path.encode(),
        "query_string": parts.query.encode(),
        "headers": [],
        "root_path": "",
        "principal": SARA_HERSELF,  # as the gate says to a route whose request it is
    }
    asyncio.run(APP(scope, receive, send))
    body = b"".join(message.get("body", b"") for message in sent)
    return sent[0]["status"], body


def clock() -> int:
    return time.time_ns() // 1_000_000


def test_health_tells_how_old_the_newest_reading_is(centre: Centre) -> None:
    centre.hear(Reading("mr-1", "up", 1, clock() - 5 * SECOND, "snmp"))
    status, answer = get("/healthz")
    assert (status, answer["status"]) == (200, "ok")
    assert 5 <= answer["newest_reading_age_s"] < 30


def test_health_is_bad_when_the_newest_reading_is_older_than_it_should_be(centre: Centre) -> None:
    centre.hear(Reading("mr-1", "up", 1, clock() - HOUR, "snmp"))
    status, answer = get("/healthz")
    assert (status, answer["status"]) == (503, "late")
    assert answer["newest_reading_age_s"] >= 3600


def test_health_of_an_empty_store_has_no_age(centre: Centre) -> None:
    empty = {"status": "ok", "newest_reading_age_s": None, "judged_age_s": None}
    assert get("/healthz") == (200, empty)


@pytest.mark.usefixtures("site_path")
def test_health_is_bad_while_readings_cannot_be_read() -> None:
    status, answer = get("/healthz")
    assert (status, answer["status"]) == (503, "error")
    assert get("/api/v1/devices")[0] == 503


def test_health_is_bad_when_the_store_is_damaged(centre: Centre, tmp_path: Path) -> None:
    centre.series.close()
    (tmp_path / "var" / "series.db").write_bytes(b"not a database" * 1000)
    for tail in ("-wal", "-shm"):
        (tmp_path / "var" / f"series.db{tail}").unlink(missing_ok=True)
    assert get("/healthz")[0] == 503


def test_devices_say_how_they_stand(centre: Centre) -> None:
    now = clock()
    centre.all_well(now)
    centre.alert("ct-2", "tube_hot", now)
    status, devices = get("/api/v1/devices")
    assert status == 200
    assert [device["state"] for device in devices] == ["ok", "warning", "ok", "unknown"]
    assert devices[1] == {
        "id": "ct-2",
        "name": "CT-2",
        "room": "CT room",
        "profile": "tube",
        "state": "warning",
        "sources": [{"kind": "mqtt", "up": True, "last_at": iso(now)}],
    }


def test_readings_come_oldest_first_with_their_unit(centre: Centre) -> None:
    now = clock()
    centre.hear(
        Reading("ct-2", "tube_temp_c", 41.5, now - MINUTE),
        Reading("ct-2", "tube_temp_c", 40.5, now - 2 * MINUTE, quality="clock"),
        Reading("ct-2", "tube_temp_c", 39.5, now - 2 * HOUR),
    )
    status, found = get("/api/v1/readings?device=ct-2&metric=tube_temp_c")
    assert status == 200
    assert found == [
        {
            "at": iso(now - 2 * MINUTE),
            "value": 40.5,
            "unit": "°C",
            "component": "",
            "quality": "clock",
        },
        {"at": iso(now - MINUTE), "value": 41.5, "unit": "°C", "component": "", "quality": "good"},
    ]


@pytest.mark.parametrize("form", ["ms", "utc", "kabul", "plus"])
def test_since_may_be_written_in_several_ways(centre: Centre, form: str) -> None:
    now = 1_793_000_000_000
    centre.hear(Reading("ct-2", "tube_temp_c", 1, now), Reading("ct-2", "tube_temp_c", 2, now - 1))
    since = {
        "ms": str(now),
        "utc": iso(now),
        "kabul": quote("2026-10-26T12:03:20+04:30"),
        "plus": "2026-10-26T12:03:20+04:30",
    }[form]
    _, found = get(f"/api/v1/readings?device=ct-2&metric=tube_temp_c&since={since}")
    assert [row["value"] for row in found] == [1]


def test_no_more_than_ten_thousand_readings_leave_at_once(centre: Centre) -> None:
    now = clock()
    centre.hear(*(Reading("ct-2", "tube_temp_c", i, now - i) for i in range(10_050)))
    _, found = get("/api/v1/readings?device=ct-2&metric=tube_temp_c&since=0")
    assert len(found) == 10_000
    assert found[0]["value"] == 10_049


@pytest.mark.parametrize(
    ("query", "status", "text"),
    [
        ("device=ct-9&metric=tube_temp_c", 404, "no device 'ct-9' (did you mean 'ct-2'?)"),
        ("device=ct-2&metric=tube_temp", 404, "ct-2 has no metric 'tube_temp' (did you mean"),
        ("metric=tube_temp_c", 400, "say which device"),
        ("device=ct-2", 400, "say which metric"),
        ("device=ct-2&metric=tube_temp_c&since=yesterday", 400, "since='yesterday' is not a time"),
        ("device=ct-2&metric=tube_temp_c&since=2026-10-26T12:03:20", 400, "is not a time"),
        ("device=ct-2&metric=tube_temp_c&since=" + "9" * 30, 400, "is not a time"),
    ],
)
def test_what_is_asked_wrongly_is_refused_in_words(
    centre: Centre, query: str, status: int, text: str
) -> None:
    found, answer = get(f"/api/v1/readings?{query}")
    assert found == status
    assert text in answer["error"]


def test_alerts_are_the_open_ones_unless_since_is_given(centre: Centre) -> None:
    now = clock()
    centre.alert("ct-2", "tube_hot", now - HOUR, ended_at=now - MINUTE)
    centre.alert("mr-1", "helium_low", now - HOUR)
    _, still_open = get("/api/v1/alerts")
    assert [row["rule"] for row in still_open] == ["helium_low"]
    assert set(still_open[0]) == set(
        [
            "device",
            "component",
            "rule",
            "title",
            "severity",
            "state",
            "began_at",
            "fired_at",
            "ended_at",
            "value",
            "limit",
            "id",
            "answer",
            "incident",
            "cause",
            "suppressed_by",
        ]
    )
    _, both = get(f"/api/v1/alerts?since={now - 2 * MINUTE}")
    assert {row["rule"] for row in both} == {"helium_low", "tube_hot"}
    _, recent = get(f"/api/v1/alerts?since={now}")
    assert [row["rule"] for row in recent] == ["helium_low"]


def test_alerts_name_their_incident_its_cause_and_why_nobody_is_told(centre: Centre) -> None:
    now = clock()
    centre.alert("mr-1", "door_open", now - HOUR)
    centre.alert("mr-1", "helium_low", now - HOUR)
    centre.alert("ct-2", "tube_hot", now - HOUR)
    with centre.change(now) as tx:
        row = Incident(began_at=now - HOUR, cause_id=2)
        tx.db.add(row)
        tx.db.flush()
        for number in (2, 3):
            tx.db.get_one(Alert, number).incident_id = row.id
        tx.db.get_one(Alert, 3).suppressed_by = "mr-1"
        window = work_now(tx, "mr-1", 1, "coil")
        tx.db.flush()
        work = f"window {window.id}"
    _, alerts = get("/api/v1/alerts")
    found = {
        alert["id"]: (alert["incident"], alert["cause"], alert["suppressed_by"]) for alert in alerts
    }
    assert found == {1: (None, None, work), 2: (1, 2, work), 3: (1, 2, "mr-1")}


@pytest.mark.usefixtures("centre")
def test_the_calendar_is_one_that_a_calendar_program_reads() -> None:
    status, body = fetch("/calendar.ics")
    assert status == 200
    assert isinstance(Calendar.from_ical(body), Calendar)
