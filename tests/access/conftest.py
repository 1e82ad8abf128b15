"""A site of one device with empty records, and who works there."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from functools import cache
from pathlib import Path

import pytest

from access import passwords, setup_links, users
from core.schema.load import load_site
from core.schema.site import Site
from storage.records import Records, User
from storage.records.transaction import Transaction, transaction
from tests.dashboard.centre import build
from tests.storage.tables import made

T0 = 1_760_000_400_000
PASSWORD = "seven blue camels"


class Entrance:
    """Its records, and changes of them by the command line."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.records = made(Records(site.records_url))

    def change(self, now: int = T0) -> AbstractContextManager[Transaction]:
        return transaction(self.records, self.site, "cli:test", now)

    def person(self, name: str, *roles: str, full_name: str = "") -> User:
        """Somebody with a password."""
        with self.change() as tx:
            user = users.add_user(tx, name, full_name or name.title(), roles)
            secret = setup_links.make_setup_link(tx, name)
            setup_links.use_link(tx, secret, _hashed(PASSWORD))
            tx.db.flush()
            tx.db.expunge(user)
        return user


@cache
def _hashed(password: str) -> passwords.PasswordHash:
    """Made once: it takes a tenth of a second, as it should."""
    return passwords.hashed(password)


@pytest.fixture
def entrance(tmp_path: Path) -> Iterator[Entrance]:
    entrance = Entrance(load_site(build(tmp_path)))
    yield entrance
    entrance.records.close()
