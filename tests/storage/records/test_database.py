"""The records database, in SQLite and PostgreSQL: its tables, its locks, and leased deliveries."""

import shutil
import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Barrier

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, select
from sqlalchemy.exc import IntegrityError

from core.errors import StoreError
from core.time.clock import MINUTE
from storage.records import Alert, Delivery, Records, Transition, outbox
from storage.records import alerts as alert_rows
from storage.records import cursors as cursor_rows
from storage.records.base import Base
from storage.records.deliveries import OUTBOX
from tests.storage.tables import made

T0 = 1_760_000_400_000


@pytest.fixture
def records(made_records_url: str) -> Iterator[Records]:
    records = Records(made_records_url)
    yield records
    records.close()


def an_alert() -> Alert:
    return Alert(
        device="mri-2",
        component="",
        rule="helium_low",
        title="Helium is low",
        severity="critical",
        metric="helium_level_pct",
        state="firing",
        began_at=T0,
    )


def add_deliveries(records: Records, *channels: str) -> None:
    with records.writing() as db:
        transition = Transition(alert=an_alert(), before="ok", after="firing", at=T0)
        db.add(transition)
        db.add_all(Delivery(transition=transition, channel=name, next_at=T0) for name in channels)


def test_migrations_make_the_tables_that_the_models_describe(records_url: str) -> None:
    records = Records(records_url)
    records.upgrade()
    records.close()
    engine = create_engine(records_url)
    # Each database has an index of its own over the words for search, which is no table of ours.
    own = ("search_index", "search_texts_words")
    opts = {"include_name": lambda name, *_: not (name or "").startswith(own)}
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=opts)
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()


def test_two_processes_may_upgrade_at_once(records_url: str) -> None:
    both = [Records(records_url), Records(records_url)]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(Records.upgrade, both))
    for records in both:
        with records.reading() as db:
            assert alert_rows.open_alerts(db) == {}
        records.close()


def test_a_start_waits_for_no_writer_where_there_is_nothing_to_upgrade(
    records: Records, made_records_url: str
) -> None:
    other = Records(made_records_url)
    with records.writing() as db:
        db.add(an_alert())
        db.flush()
        began = time.monotonic()
        other.upgrade()
    assert time.monotonic() - began < 5, "the lock is waited for ten seconds"
    other.close()


def test_records_whose_folder_is_deleted_are_not_written_to_without_a_word(tmp_path: Path) -> None:
    folder = tmp_path / "var"
    records = Records(f"sqlite:///{folder / 'records.db'}")
    records.upgrade()
    with records.writing() as db:
        db.add(an_alert())
    shutil.rmtree(folder)
    for look in (records.writing, records.reading, records.changing):
        with pytest.raises(StoreError, match="is gone"), look():
            pass
    assert not folder.exists()
    folder.mkdir()
    with records.writing() as db:
        assert alert_rows.open_alerts(db) == {}
        db.add(an_alert())
    with records.reading() as db:
        assert len(alert_rows.open_alerts(db)) == 1
    records.close()


def read_all(records: Records) -> None:
    """As a start does, and then every page."""
    records.upgrade()
    with records.reading() as db:
        for table in Base.metadata.sorted_tables:
            db.execute(select(table)).all()


def first_page(file: Path, table: str) -> int:
    """Where the page at which a table begins lies in the file."""
    with closing(sqlite3.connect(file)) as db:
        [page] = db.execute(
            "select rootpage from sqlite_master where name = ?", (table,)
        ).fetchone()
    return (int(page) - 1) * 4096


@pytest.mark.parametrize("table", ["sqlite_master", "alembic_version", "alerts", "audit"])
def test_damaged_records_say_what_to_do_and_name_the_newest_backup(
    tmp_path: Path, table: str
) -> None:
    file = tmp_path / "records.db"
    made(Records(f"sqlite:///{file}")).close()
    start = 0 if table == "sqlite_master" else first_page(file, table)
    with file.open("r+b") as damaged:
        damaged.seek(start)
        damaged.write(b"\xff" * 8192)
    backup = tmp_path / "scanward-test-20261031T081500Z"
    again = Records(f"sqlite:///{file}", newest_backup=lambda: backup)
    with pytest.raises(StoreError, match=f"restore {backup}") as refused:
        read_all(again)
    assert refused.value.permanent
    again.close()


def test_records_of_no_bytes_are_not_started_anew_where_there_is_a_backup(tmp_path: Path) -> None:
    file = tmp_path / "records.db"
    file.touch()
    with pytest.raises(StoreError, match=r"it is empty.*restore /backups/newest"):
        Records(f"sqlite:///{file}", newest_backup=lambda: Path("/backups/newest")).upgrade()
    assert file.stat().st_size == 0
    first = Records(f"sqlite:///{file}")
    first.upgrade()
    first.close()


def test_one_alert_is_open_per_device_component_and_rule(records: Records) -> None:
    with records.writing() as db:
        db.add(an_alert())
    with pytest.raises(StoreError) as refused, records.writing() as db:
        db.add(an_alert())
    assert isinstance(refused.value.__cause__, IntegrityError)


def test_a_delivery_is_claimed_once_until_its_lease_runs_out(records: Records) -> None:
    add_deliveries(records, "log")
    with records.writing() as db:
        assert outbox.claim(db, OUTBOX, 1, T0)
    with records.writing() as db:
        assert not outbox.claim(db, OUTBOX, 1, T0)
    with records.writing() as db:
        assert outbox.claim(db, OUTBOX, 1, T0 + 3 * MINUTE)


def test_of_two_who_claim_at_once_exactly_one_has_it(records: Records) -> None:
    add_deliveries(records, *(["log"] * 20))
    together = Barrier(2)

    def claim_all(_who: int) -> list[int]:
        got = []
        for number in range(1, 21):
            together.wait(10)
            with records.writing() as db:
                if outbox.claim(db, OUTBOX, number, T0):
                    got.append(number)
        return got

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(claim_all, range(2))
    assert sorted(first + second) == list(range(1, 21))


def test_a_transaction_that_reads_and_then_writes_loses_no_change_of_another(
    records: Records,
) -> None:
    def count(_who: int) -> None:
        for _ in range(20):
            with records.writing() as db:
                cursor = cursor_rows.cursor(db, "journal")
                cursor.position += 1

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(count, range(2)))
    with records.reading() as db:
        assert cursor_rows.cursor(db, "journal").position == 40


def test_a_channel_is_tried_in_order_and_others_do_not_wait_for_it(records: Records) -> None:
    add_deliveries(records, "mail", "mail", "log")
    with records.writing() as db:
        db.get_one(Delivery, 1).next_at = T0 + MINUTE  # the line is down
    with records.reading() as db:
        assert outbox.due(db, OUTBOX, T0) == [(3, "log")]
        assert outbox.due(db, OUTBOX, T0 + MINUTE) == [(1, "mail"), (2, "mail"), (3, "log")]


def test_readers_do_not_wait_for_a_writer(records: Records) -> None:
    with records.writing() as db:
        db.add(an_alert())
        db.flush()
        with records.reading() as other:
            assert alert_rows.open_alerts(other) == {}


def test_a_look_is_one_moment_whatever_is_written_meanwhile(records: Records) -> None:
    with records.reading() as look:
        assert alert_rows.open_alerts(look) == {}
        with records.writing() as db:
            db.add(an_alert())
        assert alert_rows.open_alerts(look) == {}


def test_a_server_that_is_not_there_is_a_store_error_without_its_password(tmp_path: Path) -> None:
    records = Records(f"postgresql://sara:secret@/records?host={tmp_path}")
    with pytest.raises(StoreError) as refused:
        records.upgrade()
    assert "secret" not in str(refused.value)
    assert "sara:***@" in str(refused.value)


@pytest.mark.parametrize("url", ["mysql://x/y", "what is this", "postgresql+psycopg2://x/y"])
def test_a_url_of_anything_else_is_refused(url: str) -> None:
    with pytest.raises(StoreError):
        Records(url)
