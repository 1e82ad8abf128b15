"""Files of a few kilobytes that want gigabytes, each put to the door it is made for: `python -m tests.doors.bombs`.

A process of its own, with little memory to have, so that one that goes off takes nobody with it.
"""

import json
import resource
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import openpyxl

from core.errors import ConfigError, RefusedError, StoreError
from core.schema.load import load_site
from core.schema.secret import Secret
from dashboard.system import certificates
from maintenance.assets.workbook import read_tables
from maintenance.bundle.encrypt import receivers
from maintenance.bundle.keys import read_public
from maintenance.bundle.verify import verify
from maintenance.tickets.mail.parse import parse
from maintenance.tickets.uploads import checked_type
from storage.backup import manifest
from storage.exchange.importer import import_readings
from storage.files.thumbnails import small_picture
from storage.records import dump
from storage.series import SeriesWriter
from tests.dashboard.centre import build
from tests.storage.files.test_thumbnails import png

MEMORY = 1_500_000_000  # bytes of addresses, most of which libraries want for themselves
_LAUGHS = "".join(f"b{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 10))
ALIASES = f"a: &a0 [{', '.join('x' * 9)}]\n{_LAUGHS}"
MERGES = "m0: &m0 {k: 1, l: 2}\n" + "".join(
    f"m{i}: &m{i} {{<<: [{', '.join([f'*m{i - 1}'] * 9)}]}}\n" for i in range(1, 10)
)
ENTITIES = (
    '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b0 "ha">'
    + "".join(f'<!ENTITY b{i} "{f"&b{i - 1};" * 10}">' for i in range(1, 10))
    + "]><sst><si><t>&b9;</t></si></sst>"
)


class Outcome(NamedTuple):
    """What a door made of a bomb, and what that cost."""

    words: str
    seconds: float  # of the processor
    megabytes: float  # more than ever before


def book(part: str = "", content: str | bytes = "", *, rest: bool = True) -> bytes:
    """A workbook with another file in the place of one of its own."""
    workbook, out = openpyxl.Workbook(), BytesIO()
    workbook.save(out)
    changed = BytesIO()
    with zipfile.ZipFile(out) as old, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name != part:
                new.writestr(name, old.read(name) if rest else "")
        if part:
            new.writestr(part, content)
    return changed.getvalue()


def sheet(rows: str, around: str = "", dimension: str = "A1") -> bytes:
    """A workbook whose only sheet has these rows."""
    text = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f'<dimension ref="{dimension}"/><sheetData>{rows}</sheetData>{around}</worksheet>'
    )
    return book("xl/worksheets/sheet1.xml", text)


def archive(size: int) -> bytes:
    """A ZIP that says it holds a file of that many bytes."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as zipped:
        zipped.writestr("log.txt", b"x")
        zipped.filelist[0].file_size = size
    return out.getvalue()


def gif(frames: int) -> bytes:
    """A small picture that moves for ever."""
    frame = b"\x21\xf9\x04\0\0\0\0\0,\0\0\0\0\1\0\1\0\0\x02\x02D\1\0"
    return b"GIF89a\1\0\1\0\x80\0\0\0\0\0\xff\xff\xff" + frame * frames + b";"


def _sheet_door(data: bytes) -> str:
    return str(read_tables("assets.xlsx", data, "assets"))


def _site_door(text: str) -> str:
    with tempfile.TemporaryDirectory() as folder:
        path = build(Path(folder))
        names = ("id: test", "name: Test centre", "zone: Asia/Kabul")
        site = path.read_text()
        for line in names if text is ALIASES else ():
            site = site.replace(line, f"{line.partition(':')[0]}: *a9")
        path.write_text(text + site)
        load_site(path)
    return "loaded"


def _nested_mail() -> bytes:
    parts = (f"Content-Type: multipart/mixed; boundary=b{i}\n\n--b{i}\n" for i in range(3000))
    return b"Subject: x\n" + "".join(parts).encode()


_MERGED = '<mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>'
_LINKED = '<hyperlinks><hyperlink ref="A1:XFD1048576" location="a"/></hyperlinks>'
_CELL = '<row r="1"><c r="A1" t="inlineStr"><is><t>id</t></is></c></row>'
BOMBS: dict[str, Callable[[], str]] = {
    "sheet: spaces": lambda: _sheet_door(sheet(" " * 66_000_000)),
    "sheet: entities": lambda: _sheet_door(book("xl/sharedStrings.xml", ENTITIES)),
    "sheet: cells": lambda: _sheet_door(sheet(f"<row>{'<c/>' * 5_000_000}</row>")),
    "sheet: far corner": lambda: _sheet_door(sheet('<row r="1048576"><c r="XFD1048576"/></row>')),
    "sheet: a row without end": lambda: _sheet_door(sheet(f'{_CELL}<row r="{10**12}"/>')),
    "sheet: dimension": lambda: _sheet_door(sheet(_CELL, dimension="A1:XFD1048576")),
    "sheet: merged": lambda: _sheet_door(sheet(_CELL, _MERGED)),
    "sheet: links": lambda: _sheet_door(sheet(_CELL, _LINKED)),
    "sheet: a lie of its size": lambda: _sheet_door(archive(10)),
    "supplier: archive": lambda: checked_type("log.zip", archive(2**32 - 2)),
    "supplier: picture": lambda: checked_type("photo.png", png(60_000, 60_000)),
    "supplier: moving picture": lambda: checked_type("photo.gif", gif(500_000)),
    "picture: 60,000 by 60,000": lambda: str(small_picture(png(60_000, 60_000))),
    "mail: parts in parts": lambda: f"{len(parse(_nested_mail(), 1_000_000).attachments)} files",
    "site file: aliases": lambda: _site_door(ALIASES),
    "site file: merges": lambda: _site_door(MERGES),
    "site file: itself": lambda: _site_door("x: &x [*x]\n"),
    "bundle: archive": lambda: "; ".join(verify(archive(2**32 - 2), []).problems),
}


def in_file(name: str, write: Callable[[Path], object], door: Callable[[Path], object]) -> str:
    """What the door makes of a file of that name, in words."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        write(path)
        return str(door(path))


def sparse(size: int = 10**9) -> Callable[[Path], object]:
    """A file that has that many bytes and takes none."""

    def write(path: Path) -> None:
        with path.open("wb") as file:
            file.truncate(size)

    return write


def parquet(**columns: object) -> Callable[[Path], object]:
    """A file of these columns beside those that a reading needs."""

    def write(path: Path) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        count = 20_000
        table = {
            "device": pa.array(["ct-2"] * count).dictionary_encode(),
            "metric": pa.array(["x"] * count).dictionary_encode(),
            "at": pa.array([1_760_000_400_000] * count, pa.timestamp("ms", tz="UTC")),
            "value": pa.array([1.0] * count),
        }
        pq.write_table(pa.table({**table, **columns}), path, compression="zstd", store_schema=False)

    return write


def long_words(count: int, length: int) -> object:
    """A column of the same long word, which a file holds once."""
    import pyarrow as pa

    indices = pa.array([0] * count, pa.int32())
    return pa.DictionaryArray.from_arrays(indices, pa.array(["x" * length]))


def _import_door(path: Path) -> str:
    complaints: list[str] = []
    writer = SeriesWriter(path.with_name("series.db"))
    try:
        found = import_readings(writer, path, 1_760_000_400_001, complaints.append)
    finally:
        writer.close()
    return f"{found.bad} bad: {complaints[:1]}"


def _nested(path: Path) -> None:
    path.write_text("[" * 1_000_000)


def _manifest_door(path: Path) -> str:
    return str(manifest.read(path.parent))


def _dump_door(path: Path) -> str:
    with path.open(encoding="utf-8") as file:
        return str(list(dump._rows_of(file)))


BOMBS |= {
    "import: words": lambda: in_file(
        "a.parquet", parquet(component=long_words(20_000, 20_000)), _import_door
    ),
    "import: another column": lambda: in_file(
        "a.parquet", parquet(more=long_words(20_000, 20_000)), _import_door
    ),
    "import: sparse parquet": lambda: in_file("a.parquet", sparse(), _import_door),
    "import: sparse lines": lambda: in_file("a.lp", sparse(), _import_door),
    "restore: sparse list": lambda: in_file("manifest.json", sparse(), _manifest_door),
    "restore: nested list": lambda: in_file("manifest.json", _nested, _manifest_door),
    "restore: sparse rows": lambda: in_file("records.jsonl", sparse(), _dump_door),
    "restore: nested rows": lambda: in_file("records.jsonl", _nested, _dump_door),
    "key: sparse": lambda: in_file("key.pem", sparse(), read_public),
    "key: to write to": lambda: in_file("keys.txt", sparse(), lambda path: receivers(str(path))),
    "key: secret": lambda: in_file(
        "secret", sparse(), lambda path: Secret(f"file:{path}").reveal()
    ),
    "certificate: sparse": lambda: in_file("a.pem", sparse(), certificates._end_of),
    "site file: sparse": lambda: in_file("site.yaml", sparse(), load_site),
}


def explode(bomb: Callable[[], str]) -> Outcome:
    """Put it to its door."""
    began, before = time.process_time(), _peak()
    try:
        words = bomb()
    except (ConfigError, RefusedError, StoreError) as error:
        words = f"refused: {error}"
    return Outcome(words[:300], time.process_time() - began, (_peak() - before) / 1000)


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    chosen = sys.argv[1:] or list(BOMBS)
    json.dump({name: explode(BOMBS[name]) for name in chosen}, sys.stdout)
