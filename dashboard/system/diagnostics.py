"""Scanward's own diagnostics as one ZIP: what a helper from afar needs, with no secret and no patient in it.

What leaves is named here, part by part; free texts go through `redaction.py`. It is written in parts, so a
door can send it while it is made. Bounded: some hundreds of lines a part.
"""

import json
import platform
import shutil
import subprocess
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from io import RawIOBase
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from core.errors import StoreError
from core.schema.site import Site
from core.time.clock import iso
from dashboard.system.model import SystemFacts
from dashboard.system.redaction import redactor
from dashboard.system.site_summary import site_summary
from storage.files.process_sign import ProcessStatus
from storage.files.sqlite_file import SQLITE_VERSION
from storage.records import Records
from storage.records import totals as record_totals
from storage.series import totals as series_totals

FILE_NAME = "scanward-diagnostics.zip"
MOST_LINES = 1000  # of the log
_LOG_WITHIN_S = 10.0
_JOURNAL = ("journalctl", "--no-pager", "--output=short-iso", f"--lines={MOST_LINES}")
_UNITS = "--unit=scanward-*"
_PACKAGES = (
    *("streamlit", "uvicorn", "starlette", "SQLAlchemy", "alembic", "pydantic", "numpy", "scipy"),
    *("scikit-learn", "pandas", "pysnmp", "paho-mqtt", "pynetdicom", "pydicom", "influxdb-client"),
    *("psycopg", "cryptography", "apprise"),
)
_README = """\
Diagnostics of Scanward itself. No readings, no orders, no patient data, no secrets.

about.json    versions of Scanward, of this computer's system and of its libraries
system.json   processes, disk, stores, backups, deliveries, certificates, clock, tables, tokens (without names)
site.json     the site file: keys of a fixed list with their values; [left out]: it is set, and stays here
rows.json     how many rows each table has
doctor.txt    what the doctor found when somebody last pressed "Check now"
errors.txt    what did not go lately, by process
log.txt       the newest lines of the log, where this system has one

[removed] stands where a text held what could be a name, a number of a person, or a secret.
"""

Redact = Callable[[str], str]


class _Outlet(RawIOBase):
    """Where the ZIP is written to; what has come so far can be taken away."""

    def __init__(self) -> None:
        super().__init__()
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        self._parts.append(bytes(data))
        return len(data)

    def take_all(self) -> bytes:
        data = b"".join(self._parts)
        self._parts.clear()
        return data


def diagnostics(facts: SystemFacts, site: Site, records: Records) -> Iterator[bytes]:
    """The ZIP, part by part. What cannot be read says so in its place."""
    redact, outlet = redactor(site), _Outlet()
    with ZipFile(outlet, "w", ZIP_DEFLATED) as archive:
        for name, make in _members(facts, site, records, redact):
            archive.writestr(name, make())
            yield outlet.take_all()
    yield outlet.take_all()


def _members(
    facts: SystemFacts, site: Site, records: Records, redact: Redact
) -> Iterator[tuple[str, Callable[[], str]]]:
    yield "README.txt", lambda: _README
    yield "about.json", lambda: _json(_about(facts))
    yield "system.json", lambda: _json(_system(facts, redact))
    yield "site.json", lambda: _json(site_summary(site.file))
    yield "rows.json", lambda: _json(_rows(site, records, redact))
    yield "doctor.txt", lambda: _lines(_doctor(facts, redact))
    yield "errors.txt", lambda: _lines(_errors(facts, redact))
    yield "log.txt", lambda: _lines(_log(redact))


def _about(facts: SystemFacts) -> dict[str, Any]:
    return {
        "at": iso(facts.at),
        "scanward": facts.version,
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "sqlite": SQLITE_VERSION,
        "libraries": {name: _version(name) for name in _PACKAGES},
        "tables": {row.store: [row.version, row.newest] for row in facts.schemas},
    }


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _system(facts: SystemFacts, redact: Redact) -> dict[str, Any]:
    backup = facts.backup
    return {
        "processes": [_process(status, redact) for status in facts.processes],
        "disk": None if facts.disk is None else asdict(facts.disk),
        "stores": None if facts.stores is None else {row.name: row.size for row in facts.stores},
        "backup": backup
        and {name: getattr(backup, name) for name in ("at", "size", "every", "count")},
        "trial": facts.trial and {"at": facts.trial.at, "is_whole": facts.trial.is_whole},
        "queues": facts.queues
        and [
            asdict(row) | {"channel": redact(row.channel), "error": redact(row.error)}
            for row in facts.queues
        ],
        "certificates": facts.certificates
        and [[redact(row.name), row.ends_at] for row in facts.certificates],
        "clock": asdict(facts.clock),
        "mailboxes": facts.mailboxes and len(facts.mailboxes),
        "tokens": facts.tokens
        and [
            [row.id, list(row.scopes), row.made_at, row.expires_at, row.last_used_at]
            for row in facts.tokens
        ],
        "unreadable": {part: redact(why) for part, why in facts.trouble.items()},
    }


def _process(status: ProcessStatus, redact: Redact) -> dict[str, Any]:
    note = status.note
    fields = {"name": status.name, "state": status.state, "moved_at": status.moved_at}
    if note is not None:
        own = ("version", "began_at", "at", "memory_bytes", "cpu_share")
        fields |= {name: getattr(note, name) for name in own}
    return fields | {"waiting": redact(status.waiting)}


def _rows(site: Site, records: Records, redact: Redact) -> dict[str, Any]:
    def counted(count: Callable[[], dict[str, int]]) -> dict[str, int] | str:
        try:
            return count()
        except StoreError as error:
            return redact(f"cannot be read: {error}")

    return {
        "records": counted(lambda: record_totals.row_counts(records)),
        "series": counted(lambda: series_totals.row_counts(site.series_path)),
    }


def _doctor(facts: SystemFacts, redact: Redact) -> Iterator[str]:
    run = facts.doctor
    if run is None:
        yield "never run"
        return
    yield f"{run.state}, begun {iso(run.began_at)}"
    for line in run.lines:
        yield f"{line.outcome:<8} {redact(line.what)}: {redact(line.text)}"


def _errors(facts: SystemFacts, redact: Redact) -> Iterator[str]:
    for status in facts.processes:
        note = status.note
        if note is None or note.name != status.name:
            continue
        for failure in note.failures:
            yield f"{iso(failure.at)} {status.name} {redact(failure.part)}: {redact(failure.text)}"
    if facts.trial is not None and not facts.trial.is_whole:
        yield f"{iso(facts.trial.at)} trial of a backup: {redact(facts.trial.text)}"


def _log(redact: Redact) -> Iterator[str]:
    """Of systemd's journal; other systems keep it where no process of ours can look."""
    program = shutil.which(_JOURNAL[0])
    lines: list[str] = []
    if program is not None:
        try:
            words = [program, *_JOURNAL[1:], _UNITS]
            output = subprocess.run(  # noqa: S603  our own command
                words, capture_output=True, timeout=_LOG_WITHIN_S, check=False
            ).stdout
            lines = output.decode(errors="replace").splitlines()[-MOST_LINES:]
        except (OSError, subprocess.TimeoutExpired):
            lines = []
    yield from (redact(line) for line in lines)
    if not lines:
        yield "no journal of systemd here: add `docker compose logs`, or what the terminal shows, by hand"


def _lines(lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _json(fields: Any) -> str:
    return json.dumps(fields, indent=1, ensure_ascii=True, default=str) + "\n"
