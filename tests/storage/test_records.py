"""The records database: its tables are those of the models, and a delivery is leased once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine
from sqlalchemy.exc import IntegrityError

from core.clock import MINUTE
from core.errors import StoreError
from storage.records import Alert, Delivery, Records, Transition
from storage.records import alerts as stored
from storage.records.models import Base

T0 = 1_760_000_400_000


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    records = Records(f"sqlite:///{tmp_path / 'records.db'}")
    records.upgrade()
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


def test_migrations_make_the_tables_that_the_models_describe(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'records.db'}"
    records = Records(url)
    records.upgrade()
    records.close()
    engine = create_engine(url)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
    engine.dispose()


def test_two_processes_may_upgrade_at_once(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'records.db'}"
    both = [Records(url), Records(url)]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(Records.upgrade, both))
    for records in both:
        with records.reading() as db:
            assert stored.open_alerts(db) == {}
        records.close()


def test_one_alert_is_open_per_device_component_and_rule(records: Records) -> None:
    with records.writing() as db:
        db.add(an_alert())
    with pytest.raises(StoreError) as refused, records.writing() as db:
        db.add(an_alert())
    assert isinstance(refused.value.__cause__, IntegrityError)


def test_a_delivery_is_claimed_once_until_its_lease_runs_out(records: Records) -> None:
    add_deliveries(records, "log")
    with records.writing() as db:
        assert stored.claim(db, 1, T0)
    with records.writing() as db:
        assert not stored.claim(db, 1, T0)
    with records.writing() as db:
        assert stored.claim(db, 1, T0 + 3 * MINUTE)


def test_a_channel_is_tried_in_order_and_others_do_not_wait_for_it(records: Records) -> None:
    add_deliveries(records, "mail", "mail", "log")
    with records.writing() as db:
        db.get_one(Delivery, 1).next_at = T0 + MINUTE  # the line is down
    with records.reading() as db:
        assert stored.waiting(db, T0) == [(3, "log")]
        assert stored.waiting(db, T0 + MINUTE) == [(1, "mail"), (2, "mail"), (3, "log")]


def test_readers_do_not_wait_for_a_writer(records: Records) -> None:
    with records.writing() as db:
        db.add(an_alert())
        db.flush()
        with records.reading() as other:
            assert stored.open_alerts(other) == {}
