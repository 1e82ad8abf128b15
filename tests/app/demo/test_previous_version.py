"""What the version before has made opens with everything in it, and every process goes on with it."""

import asyncio
import json
import sqlite3
import tarfile
import threading
from pathlib import Path
from typing import Any

import pytest

from app.services.alert import alert
from app.services.collect import collect
from app.services.maintain import maintain
from core.schema.load import load_site
from core.schema.site import Site
from storage.detector_models.store import ModelCard, ModelStore
from storage.files import attachments
from storage.records import File, Records, Ticket, WorkOrder
from storage.series import SeriesReader

CASES = Path(__file__).parents[2] / "cases" / "previous_version"


@pytest.fixture(scope="module")
def expected() -> Any:
    return json.loads((CASES / "expected.json").read_text(encoding="utf-8"))


@pytest.fixture
def site(tmp_path: Path) -> Site:
    with tarfile.open(CASES / "demo.tar.gz") as archive:
        archive.extractall(tmp_path, filter="data")
    path = tmp_path / "site.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("var/demo-8621", str(tmp_path)))
    return load_site(path)


def test_every_reading_is_there(site: Site, expected: Any) -> None:
    series = SeriesReader(site.series_path)
    for key, (count, first, last, total) in expected["series"].items():
        device, metric, component = key.split("/", 2)
        rows = [
            reading
            for reading in series.readings(device, metric, 0, 1_000_000)
            if reading.component == component
        ]
        assert (len(rows), rows[0].at, rows[-1].at) == (count, first, last), key
        assert sum(row.value for row in rows) == pytest.approx(total, abs=1e-5), key


def test_every_row_is_there_and_can_be_asked_for(site: Site, expected: Any) -> None:
    records = Records(site.records_url)
    records.upgrade()
    with records.reading() as db:
        orders = db.query(WorkOrder).order_by(WorkOrder.id).all()
        assert [order.title for order in orders] == ["Table moves slowly", "Cold head is loud"]
        assert [labour.minutes for labour in orders[1].labour] == [45]
        ticket = db.query(Ticket).one()
        assert [message.text for message in ticket.messages] == ["Please advise"]
        photo = db.query(File).one()
    records.close()
    assert attachments.read(site.file.storage.folder, photo.sha256) == b"\x89PNG not really"
    later = ("incidents", "notices", "windows", "users", "setup_links", "api_tokens",
             "login_sessions", "login_failures", "idempotent_answers", "vendor_links", "vendor_visits", "passkeys", "used_challenges", "external_logins",
             "fault_reports", "fault_notices", "live_windows", "supplier_questions", "supplier_answers", "snoozes", "item_proofs", "allowed_words", "site_changes",
             "round_entries")  # fmt: skip
    # Tables that came later; the words of two orders and a ticket were written by the upgrade.
    since = {**dict.fromkeys(later, 0), "search_texts": 3}
    assert _rows(site) == {**expected["tables"], **since}


def test_every_model_of_a_detector_is_read(site: Site) -> None:
    cards = list(ModelStore(site.file.storage.folder / "models").cards())
    assert len(cards) >= 20
    assert [card for card in cards if not isinstance(card, ModelCard)] == []


@pytest.mark.servers
def test_every_process_goes_on_with_it(site: Site, expected: Any) -> None:
    asyncio.run(collect(site, asyncio.Event(), once=True))
    alert(site, threading.Event(), once=True)
    maintain(site, threading.Event(), once=True)
    rows = _rows(site)
    assert [table for table, count in expected["tables"].items() if rows[table] < count] == []


def _rows(site: Site) -> dict[str, int]:
    file = sqlite3.connect(site.file.storage.folder / "records.db")
    try:
        names = [
            name
            for (name,) in file.execute("select name from sqlite_master where type = 'table'")
            if name != "alembic_version" and not name.startswith(("sqlite_", "search_index"))
        ]
        return {
            name: file.execute(f'select count(*) from "{name}"').fetchone()[0] for name in names
        }
    finally:
        file.close()
