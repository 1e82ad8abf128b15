"""What the columns of an asset workbook mean: sheets, columns, and cells to values and back. Pure."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from core import number_input
from core.text.phrase import Phrase
from core.time.calendars import Calendar
from core.time.covered_hours import WEEKDAYS
from core.time.typed_day import typed_day
from core.vocabulary.assets import AssetCondition, Nomenclature
from storage.records import Asset, Component, Contract, Part, Vendor

CLEAR = "-"  # in a cell: what was there goes; an empty cell leaves it

Parse = Callable[[str], object]  # ValueError holds what is wrong, as `Phrase`
_ID = re.compile(r"[a-z0-9][a-z0-9-]*")
_BETWEEN_THOUSANDS = re.compile(r"(?<=\d)[ \u202f](?=\d{3}(?!\d))")
EMAIL = re.compile(r"[^@\s]+@[^@\s]+")  # whether somebody lives there only a mail can say
# As spreadsheets write them into CSV: `#N/A`, a number wider than its column, a serial of 13 digits.
_ERROR = re.compile(r"#(N/A|REF!|NAME\?|VALUE!|DIV/0!|NUM!|NULL!|SPILL!|CALC!)|#{2,}")
_SHORTENED = re.compile(r"\d[.,]\d{1,10}E\+\d{2,3}")
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d|24:00")


def text(cell: str) -> str:
    """Anything but what a spreadsheet has made of it."""
    if _ERROR.fullmatch(cell):
        raise ValueError(Phrase("{cell} holds an error of the spreadsheet", cell=cell))
    if _SHORTENED.fullmatch(cell):
        raise ValueError(
            Phrase(
                "{cell!r} is a number that the spreadsheet has shortened: keep it as text",
                cell=cell,
            )
        )
    return cell


def name(cell: str) -> str:
    """An id, as in the site file."""
    if not _ID.fullmatch(cell):
        raise ValueError(
            Phrase("{cell!r} is not an id: use small letters, digits and -, as in ct-2", cell=cell)
        )
    return cell


def email(cell: str) -> str:
    """An e-mail address."""
    if not EMAIL.fullmatch(cell):
        raise ValueError(Phrase("{address!r} is no e-mail address", address=cell))
    return cell


def day(cell: str, calendar: Calendar = "gregorian") -> str:
    """A day, `2026-10-31`; one of the other calendar is converted if it is the site's, else refused."""
    return typed_day(cell, calendar).isoformat()


def money(cell: str) -> int:
    """An amount of the site's currency, to hundredths; blanks may part its thousands."""
    cents = number_input.decimal(_BETWEEN_THOUSANDS.sub("", cell)) * 100
    if cents != int(cents) or not 0 <= cents < 10**15:
        raise ValueError(
            Phrase("{cell!r} is not an amount of 0 or more, with two places at most", cell=cell)
        )
    return int(cents)


def whole(low: int, high: int) -> Callable[[str], int]:
    """A whole number in a range."""
    return partial(number_input.whole, low=low, high=high)


def number(cell: str) -> float:
    """A number of 0 or more."""
    value = number_input.number(cell)
    if not 0 <= value < 1e15:
        raise ValueError(Phrase("{cell!r} is not a number of 0 or more", cell=cell))
    return value


def choice(*words: str) -> Parse:
    """One of a few words."""

    def parse(cell: str) -> str:
        for word in words:
            if cell.lower() == word.lower():
                return word
        known = ", ".join(word for word in words if word)
        raise ValueError(Phrase("{cell!r} is none of {known}", cell=cell, known=known))

    return parse


def names(cell: str) -> list[str]:
    """A list, parted by commas or spaces."""
    return [word for word in re.split(r"[,;\s]+", cell) if word]


def days(cell: str) -> list[str]:
    """Days of the week."""
    weekdays = [word.lower() for word in names(cell)]
    if wrong := [word for word in weekdays if word not in WEEKDAYS]:
        raise ValueError(
            Phrase("{cell!r} is not a day: write sat, sun, mon, tue, wed, thu, fri", cell=wrong[0])
        )
    if not weekdays:
        raise ValueError(
            Phrase("{cell!r} is not a day: write sat, sun, mon, tue, wed, thu, fri", cell=cell)
        )
    return weekdays


def time_of_day(cell: str) -> str:
    """`08:00`; spreadsheets add seconds."""
    typed = number_input.latin(cell)
    short = typed[:5] if re.fullmatch(r"\d\d:\d\d:00", typed) else typed
    if not _TIME.fullmatch(short):
        raise ValueError(Phrase("{cell!r} is not a time of day; write 08:00", cell=cell))
    return short


def zone(cell: str) -> str:
    """A time zone."""
    try:
        return ZoneInfo(cell).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(
            Phrase("{cell!r} is not a time zone such as Asia/Kabul", cell=cell)
        ) from None


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """One column: the attribute of the record that it fills, and how a cell is read."""

    attribute: str
    parse: Parse = text
    refers_to: str = ""  # a sheet; the cell is its key
    words: tuple[str, ...] = ()  # that it may say, if these are few

    def to_cell(self, value: object) -> str:
        """A value as a cell that `parse` reads back."""
        if value is None or value == "" or value == []:
            return ""
        if self.parse is money and isinstance(value, int):
            return f"{value // 100}.{value % 100:02d}".removesuffix(".00")
        if isinstance(value, list):
            return " ".join(str(entry) for entry in value)
        return number_input.written(value) if isinstance(value, float) else str(value)


def _word(attribute: str, *words: str) -> SheetColumn:
    return SheetColumn(attribute, choice(*words), words=words)


@dataclass(frozen=True, slots=True)
class RecordSheet:
    """A kind of record: what its rows are told apart by, and which columns a new row needs."""

    model: type[Any]
    key: tuple[str, ...]
    needs: tuple[str, ...]
    columns: Mapping[str, SheetColumn]


SHEETS: dict[str, RecordSheet] = {
    "vendors": RecordSheet(
        Vendor,
        ("id",),
        ("id", "name"),
        {
            "id": SheetColumn("id", name),
            "name": SheetColumn("name"),
            "contact": SheetColumn("contact"),
            "email": SheetColumn("email", email),
            "phone": SheetColumn("phone"),
            "note": SheetColumn("note"),
        },
    ),
    "contracts": RecordSheet(
        Contract,
        ("number",),
        ("number", "vendor", "starts", "ends", "days"),
        {
            "number": SheetColumn("number"),
            "vendor": SheetColumn("vendor_id", name, "vendors"),
            "starts": SheetColumn("starts_on", day),
            "ends": SheetColumn("ends_on", day),
            "days": SheetColumn("days", days),
            "opens": SheetColumn("opens", time_of_day),
            "closes": SheetColumn("closes", time_of_day),
            "zone": SheetColumn("zone", zone),
            "response_h": SheetColumn("response_h", number),
            "resolution_h": SheetColumn("resolution_h", number),
            "cost_a_year": SheetColumn("cost_cents", money),
            "note": SheetColumn("note"),
        },
    ),
    "assets": RecordSheet(
        Asset,
        ("id",),
        ("id", "name"),
        {
            "id": SheetColumn("id", name),
            "name": SheetColumn("name"),
            "nomenclature": _word("nomenclature", *get_args(Nomenclature)),
            "code": SheetColumn("code"),
            "manufacturer": SheetColumn("manufacturer"),
            "manufacturer_contact": SheetColumn("manufacturer_contact"),
            "model": SheetColumn("model"),
            "serial": SheetColumn("serial"),
            "location": SheetColumn("location"),
            "condition": _word("condition", *get_args(AssetCondition)),
            "power_needs": SheetColumn("power_needs"),
            "environment_needs": SheetColumn("environment_needs"),
            "software": SheetColumn("software"),
            "supplier": SheetColumn("supplier_id", name, "vendors"),
            "contract": SheetColumn("contract_id", text, "contracts"),
            "purchased": SheetColumn("purchased_on", day),
            "in_service": SheetColumn("in_service_on", day),
            "warranty_until": SheetColumn("warranty_until", day),
            "price": SheetColumn("price_cents", money),
            "income_a_scan": SheetColumn("income_cents", money),
            "criticality": SheetColumn("criticality", whole(1, 10)),
            "note": SheetColumn("note"),
        },
    ),
    "components": RecordSheet(
        Component,
        ("asset", "name", "serial"),
        ("asset", "name"),
        {
            "asset": SheetColumn("asset_id", name, "assets"),
            "name": SheetColumn("name"),
            "serial": SheetColumn("serial"),
            "model": SheetColumn("model"),
            "installed": SheetColumn("installed_on", day),
            "removed": SheetColumn("removed_on", day),
            "counter": SheetColumn("counter"),
            "counter_at_install": SheetColumn("counter_at_install", number),
            "life_count": SheetColumn("life_count", number),
            "life_days": SheetColumn("life_days", whole(1, 36500)),
            "note": SheetColumn("note"),
        },
    ),
    "parts": RecordSheet(
        Part,
        ("id",),
        ("id", "name"),
        {
            "id": SheetColumn("id", name),
            "name": SheetColumn("name"),
            "number": SheetColumn("number"),
            "minimum": SheetColumn("minimum", whole(0, 100_000)),
            "lead_days": SheetColumn("lead_days", whole(0, 3650)),
            "cost": SheetColumn("cost_cents", money),
            "vendor": SheetColumn("vendor_id", name, "vendors"),
            "shelf": SheetColumn("shelf"),
            "component": SheetColumn("component"),
            "detector": SheetColumn("detector"),
            "devices": SheetColumn("devices", names),
            "profiles": SheetColumn("profiles", names),
            "note": SheetColumn("note"),
        },
    ),
}
