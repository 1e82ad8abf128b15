"""The tables of a records database: each release's changes are played once in a run, then copied."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from storage.records import Records


def made(records: Records) -> Records:
    """With its tables, as `upgrade` makes them; for tests that are about something else."""
    if records.file is not None and not records.file.exists():
        records.file.write_bytes(empty_records())
    records.upgrade()
    return records


@cache
def empty_records() -> bytes:
    """The file of a database with its tables and nothing in them."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "records.db"
        records = Records(f"sqlite:///{file}")
        records.upgrade()
        records.close()
        return file.read_bytes()
