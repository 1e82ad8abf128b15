"""`/metrics` is read by Prometheus' own parser."""

import shutil
import time
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from core.readings import Reading
from core.time.clock import DAY, HOUR, SECOND
from maintenance.rounds.manual_entry import EnteredValue, enter_readings
from maintenance.tickets.lifecycle import open_ticket, write
from tests.dashboard.centre import Centre
from tests.dashboard.http.api.asking import ask


def clock() -> int:
    return time.time_ns() // 1_000_000


def samples() -> dict[tuple[str, ...], float]:
    """Name and labels of each sample, by the names of the labels, with its value."""
    reply = ask("/metrics")
    assert reply.status == 200
    assert reply.headers["content-type"].startswith("text/plain; version=")
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(reply.body.decode())
        for sample in family.samples
    }


def test_it_counts_what_waits_what_fires_and_what_answers(furnished: Centre) -> None:
    now = clock()
    furnished.alert("ct-2", "tube_hot", now)
    furnished.alert("mr-1", "helium_low", now - HOUR, ended_at=now)
    with furnished.change(now) as tx:
        ticket = open_ticket(tx, "ct-2", "tube-service", "Arcs")
        write(tx, ticket.id, "Please call", "out")
        enter_readings(tx, "ct-2", [EnteredValue("scan_count", 5)], now)
    found = samples()
    assert found["scanward_alerts_open", "error"] == 1
    assert found["scanward_alerts_open", "critical"] == 0
    assert found["scanward_queue_length", "ticket_messages"] == 1
    assert found["scanward_queue_length", "entered_readings"] == 1
    assert found["scanward_queue_length", "deliveries"] == 0
    assert found["scanward_source_up", "snmp", "mr-1", "snmp"] == 1
    assert 0 <= found["scanward_newest_reading_age_seconds",] < 60
    assert 0 <= found["scanward_judged_age_seconds",] < 60
    assert found["scanward_disk_free_bytes",] > 1_000_000
    assert found["scanward_database_bytes", "series.db"] > 0
    assert found["scanward_database_bytes", "records.db"] > 0
    assert found["scanward_series_commits_total",] >= 1
    assert found["scanward_store_readable", "series"] == 1
    assert found["scanward_store_readable", "records"] == 1
    assert found["process_resident_memory_bytes",] > 0


def test_a_source_that_was_silent_is_down_and_its_age_grows(centre: Centre) -> None:
    centre.hear(Reading("mr-1", "up", 1, clock() - DAY, "snmp"))
    found = samples()
    assert found["scanward_source_up", "snmp", "mr-1", "snmp"] == 0
    assert ("scanward_source_up", "mqtt", "ct-2", "mqtt") not in found
    assert found["scanward_newest_reading_age_seconds",] == pytest.approx(DAY / SECOND, abs=60)


@pytest.mark.usefixtures("site_path")
def test_it_answers_while_nothing_was_ever_stored() -> None:
    found = samples()
    assert found["scanward_store_readable", "series"] == 0
    assert found["scanward_store_readable", "records"] == 0
    assert ("scanward_newest_reading_age_seconds",) not in found


def test_it_answers_while_a_store_is_gone(centre: Centre, tmp_path: Path) -> None:
    centre.all_well(clock())
    centre.series.close()
    shutil.rmtree(tmp_path / "var")
    assert samples()["scanward_store_readable", "series"] == 0
