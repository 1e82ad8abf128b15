"""Upgrading the records: a copy before, whole or not at all, and never downwards."""

import logging
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import text

from core.errors import StoreError
from storage.records import Records, migrate

FILE = "records.db"
T0 = 1_760_000_400_000


def old(url: str) -> Records:
    """As the first Scanward left it, with one alert."""
    records = Records(url)
    with records.changing() as connection:
        migrate.upgrade(connection, records.name, records.file, "0001")
        connection.execute(
            text(
                "insert into alerts (device, component, rule, title, severity, metric, state,"
                f" began_at) values ('mri-2', '', 'low', 'Low', 'critical', 'x', 'firing', {T0})"
            )
        )
    return records


def test_before_tables_change_a_copy_is_kept_beside_the_file(tmp_path: Path) -> None:
    records = old(f"sqlite:///{tmp_path / FILE}")
    records.upgrade()
    assert records.revision() == migrate.newest()
    records.close()
    with sqlite3.connect(tmp_path / f"{FILE}.before-{migrate.newest()}") as db:
        assert db.execute("pragma integrity_check").fetchone() == ("ok",)
        assert db.execute("select version_num from alembic_version").fetchone() == ("0001",)
        assert db.execute("select device from alerts").fetchall() == [("mri-2",)]


def test_a_new_database_and_one_that_is_up_to_date_need_no_copy(tmp_path: Path) -> None:
    for _ in range(2):
        records = Records(f"sqlite:///{tmp_path / FILE}")
        records.upgrade()
        records.close()
    assert not list(tmp_path.glob("*before*"))


def test_rows_survive_the_upgrade(records_url: str) -> None:
    records = old(records_url)
    records.upgrade()
    with records.reading() as db:
        assert db.execute(text("select device, began_at from alerts")).all() == [("mri-2", T0)]
    records.close()


def test_what_came_in_before_anybody_could_say_so_counts_as_read(records_url: str) -> None:
    records = Records(records_url)
    with records.changing() as connection:
        migrate.upgrade(connection, records.name, records.file, "0007")
        connection.execute(text("insert into vendors (id, name, contact, email, phone, note)"
                                " values ('maker', 'M', '', '', '', '')"))  # fmt: skip
        connection.execute(
            text(
                "insert into tickets (token, device, vendor_id, subject, opened_at, opened_by, state,"
                " text, clinical_state, vendor_case) values"
                f" ('t', 'ct-1', 'maker', 'x', {T0}, 'a', 'closed', '', 'working', '')"
            )
        )
        connection.execute(
            text(
                "insert into ticket_messages (ticket_id, direction, at, who, text, next_at, attempts,"
                f" error) values (1, 'in', {T0}, 'v', 'Yes', 0, 0, '')"
            )
        )
    records.upgrade()
    with records.reading() as db:
        query = text("select read_at, is_automatic from ticket_messages")
        assert [tuple(row) for row in db.execute(query)] == [(T0, False)]
    records.close()


def test_for_a_server_the_log_says_whose_the_backup_is(
    records_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    records = old(records_url)
    with caplog.at_level(logging.INFO, "storage.records.migrate"):
        records.upgrade()
    said = "as it was: " if records.file else "its backup is the database administrator's"
    assert [said in record.message for record in caplog.records] == [True]
    assert f"from 0001 to {migrate.newest()}" in caplog.text
    records.close()


def test_a_newer_scanward_s_database_is_refused_and_not_touched(
    records_url: str, tmp_path: Path
) -> None:
    records = old(records_url)
    with records.changing() as connection:
        connection.execute(text("update alembic_version set version_num = '9999'"))
    records.close()
    before = (tmp_path / FILE).read_bytes() if records.file else b""
    with pytest.raises(StoreError, match=r"newer Scanward \(revision 9999") as refused:
        records.upgrade()
    assert refused.value.permanent
    assert records.revision() == "9999"
    records.close()
    assert ((tmp_path / FILE).read_bytes() if records.file else b"") == before
    assert not list(tmp_path.glob("*before*"))


def test_a_migration_that_fails_half_way_leaves_everything_as_it_was(
    records_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = old(records_url)
    with monkeypatch.context() as patch:
        patch.setattr("alembic.op.create_index", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            records.upgrade()
    assert records.revision() == "0001"
    records.upgrade()
    assert records.revision() == migrate.newest()
    records.close()


def test_a_ticket_whose_message_nobody_tried_to_send_waits_for_a_person(tmp_path: Path) -> None:
    """Of the others one has left, one the mail has tried, and one has no message at all."""
    messages = ["null, 0", f"{T0}, 0", "null, 2", None]
    records = Records(f"sqlite:///{tmp_path / FILE}")
    with records.changing() as connection:
        migrate.upgrade(connection, records.name, records.file, "0024")
        connection.execute(text("insert into vendors (id, name, contact, email, phone, note)"
                                " values ('maker', 'M', '', '', '', '')"))  # fmt: skip
        for number, message in enumerate(messages, 1):
            connection.execute(
                text(
                    "insert into tickets (token, device, vendor_id, subject, opened_at, opened_by, state,"
                    " text, clinical_state, vendor_case) values"
                    f" ('t{number}', 'ct-1', 'maker', 'x', {T0}, 'a', 'sent', '', 'working', '')"
                )
            )
            connection.execute(
                text(
                    f"insert into ticket_steps (ticket_id, state, at, who, note) values ({number}, 'draft',"
                    f" {T0}, 'a', ''), ({number}, 'sent', {T0}, 'a', '')"
                )
            )
            if message is not None:
                connection.execute(
                    text(
                        "insert into ticket_messages (ticket_id, direction, at, who, text, next_at, error,"
                        f" is_automatic, sent_at, attempts) values ({number}, 'out', {T0}, 'a', 'Come',"
                        f" 0, '', false, {message})"
                    )
                )
    records.upgrade()
    with records.reading() as db:
        states = [state for (state,) in db.execute(text("select state from tickets order by id"))]
        steps = text("select ticket_id, state from ticket_steps where state <> 'sent' order by id")
        assert states == ["to_send", "sent", "sent", "sent"]
        assert [tuple(row) for row in db.execute(steps)] == [
            (1, "draft"), (1, "to_send"), (2, "draft"), (3, "draft"), (4, "draft"),
        ]  # fmt: skip
    records.close()
