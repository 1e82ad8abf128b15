"""A real PostgreSQL on a socket of its own, with a fresh database for each test that asks."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from functools import cached_property
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url

from storage.records import Records

USER = "scanward"


class Postgresql:
    """A server without a network port that is gone with its folder."""

    def __init__(self) -> None:
        self._programs = _programs()
        # Not pytest's folder: the server's own user could not enter it, and a socket's path is
        # limited to some hundred letters.
        self.folder = Path(tempfile.mkdtemp(prefix="scanward-pg-"))
        self._user = "postgres" if os.geteuid() == 0 else None  # initdb refuses root
        if self._user:
            shutil.chown(self.folder, self._user)
        self._data = self.folder / "data"
        self._initdb()
        self._made = 0
        self._process = self._start()

    def new_database(self, template: str = "template1") -> str:
        """The URL of a database like the template: without one, empty."""
        self._made += 1
        name = f"records_{self._made}"
        # To copy files takes a tenth of the time that it takes to log each page.
        create = sql.SQL("create database {} template {} strategy file_copy")
        with psycopg.connect(self._conninfo(), autocommit=True) as db:
            db.execute(create.format(sql.Identifier(name), sql.Identifier(template)))
        return f"postgresql+psycopg://{USER}@/{name}?host={self.folder}"

    def new_records(self) -> str:
        """The URL of a records database with its tables and nothing in them."""
        return self.new_database(self._template)

    @cached_property
    def _template(self) -> str:
        url = self.new_database()
        records = Records(url)
        records.upgrade()
        records.close()
        return str(make_url(url).database)

    def stop(self) -> None:
        self._process.send_signal(signal.SIGQUIT)  # at once: nobody reads it again
        self._process.wait(20)
        shutil.rmtree(self.folder)

    def _conninfo(self) -> str:
        return f"host={self.folder} user={USER} dbname=postgres"

    def _initdb(self) -> None:
        words = ["-D", str(self._data), "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C"]
        subprocess.run(
            [self._programs / "initdb", *words, "--no-sync"],
            user=self._user,
            group=self._user,
            cwd=self.folder,
            check=True,
            capture_output=True,
        )

    def _start(self) -> subprocess.Popen[bytes]:
        fast = ("fsync=off", "full_page_writes=off", "synchronous_commit=off")
        settings = [word for line in ("listen_addresses=", *fast) for word in ("-c", line)]
        with (self.folder / "server.log").open("wb") as log:
            process = subprocess.Popen(
                [self._programs / "postgres", "-D", self._data, "-k", self.folder, *settings],
                user=self._user,
                group=self._user,
                cwd=self.folder,
                stdout=log,
                stderr=log,
            )
        for _ in range(200):
            try:
                psycopg.connect(self._conninfo()).close()
            except psycopg.OperationalError:
                time.sleep(0.05)
            else:
                return process
        raise AssertionError((self.folder / "server.log").read_text())


def _programs() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))  # Debian
    usual = shutil.which("initdb")
    if not found and usual is None:
        pytest.skip("needs server: postgresql is not installed")
    return (found[-1] if found else Path(str(usual))).parent
