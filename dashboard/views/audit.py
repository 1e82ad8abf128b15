"""A line for each change, and all of them as a file for a spreadsheet."""

import csv
import io
import json
from collections.abc import Iterable
from typing import NamedTuple
from zoneinfo import ZoneInfo

from core.text.csv_cell import harmless
from core.text.times import timestamp
from storage.records import Audit
from storage.records.base import Value

HEAD = ("when", "who", "from", "action", "what", "row", "before", "after")


class AuditLine(NamedTuple):
    """One change as it is read."""

    when: str
    who: str
    address: str
    action: str
    what: str
    row: str
    before: str
    after: str


def audit_line(change: Audit, zone: ZoneInfo) -> AuditLine:
    """A change, with the site's time."""
    return AuditLine(
        timestamp(change.at, zone),
        change.who,
        change.address,
        change.action,
        change.what,
        change.row_id,
        _words(change.before),
        _words(change.after),
    )


def audit_csv(changes: Iterable[Audit], zone: ZoneInfo) -> bytes:
    """UTF-8 with its mark, so that spreadsheets know the script. What they would calculate is text."""
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(HEAD)
    rows.writerows([harmless(cell) for cell in audit_line(row, zone)] for row in changes)
    return text.getvalue().encode("utf-8-sig")


def _words(values: dict[str, Value] | None) -> str:
    return "" if values is None else json.dumps(values, ensure_ascii=False)
