"""What the columns of an asset workbook mean: sheets, columns, and cells to values and back. Pure."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from core import number_input
from core.text.phrase import Phrase
from core.time.covered_hours import WEEKDAYS
from core.vocabulary.assets import AssetCondition, Nomenclature
from storage.records import Asset, Component, Contract, Part, Vendor

CLEAR = "-"  # in a cell: what was there goes; an empty cell leaves it

Parse = Callable[[str], object]  # ValueError holds what is wrong, as `Phrase`
_ID = re.compile(r"[a-z0-9][a-z0-9-]*")
_BETWEEN_THOUSANDS = re.compile(r"(?<=\d)[ \u202f](?=\d{3}(?!\d))")
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d|24:00")


def text(cell: str) -> str:
    """Anything."""
    return cell


def name(cell: str) -> str:
    """An id, as in the site file."""
    if not _ID.fullmatch(cell):
        raise ValueError(
            Phrase("{cell!r} is not an id: use small letters, digits and -, as in ct-2", cell=cell)
        )
    return cell


def day(cell: str) -> str:
    """A day, `2026-10-31`."""
    try:
        return date.fromisoformat(cell).isoformat()
    except ValueError:
        raise ValueError(Phrase("{cell!r} is not a day; write 2026-10-31", cell=cell)) from None


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


def one_of(*words: str) -> Parse:
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
    found = [word.lower() for word in names(cell)]
    if wrong := [word for word in found if word not in WEEKDAYS]:
        raise ValueError(
            Phrase("{cell!r} is not a day: write sat, sun, mon, tue, wed, thu, fri", cell=wrong[0])
        )
    return found


def time_of_day(cell: str) -> str:
    """`08:00`; spreadsheets add seconds."""
    short = cell[:5] if re.fullmatch(r"\d\d:\d\d:00", cell) else cell
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
class Column:
    """One column: the attribute of the record that it fills, and how a cell is read."""

    attribute: str
    parse: Parse = text
    refers_to: str = ""  # a sheet; the cell is its key
    words: tuple[str, ...] = ()  # that it may say, if these are few

    def say(self, value: object) -> str:
        """A value as a cell that `parse` reads back."""
        if value is None or value == "" or value == []:
            return ""
        if self.parse is money and isinstance(value, int):
            return f"{value // 100}.{value % 100:02d}".removesuffix(".00")
        if isinstance(value, list):
            return " ".join(str(one) for one in value)
        return number_input.written(value) if isinstance(value, float) else str(value)


def _word(attribute: str, *words: str) -> Column:
    return Column(attribute, one_of(*words), words=words)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A kind of record: what its rows are told apart by, and which columns a new row needs."""

    model: type[Any]
    key: tuple[str, ...]
    needs: tuple[str, ...]
    columns: Mapping[str, Column]


SHEETS: dict[str, Sheet] = {
    "vendors": Sheet(
        Vendor,
        ("id",),
        ("id", "name"),
        {
            "id": Column("id", name),
            "name": Column("name"),
            "contact": Column("contact"),
            "email": Column("email"),
            "phone": Column("phone"),
            "note": Column("note"),
        },
    ),
    "contracts": Sheet(
        Contract,
        ("number",),
        ("number", "vendor", "starts", "ends", "days"),
        {
            "number": Column("number"),
            "vendor": Column("vendor_id", name, "vendors"),
            "starts": Column("starts_on", day),
            "ends": Column("ends_on", day),
            "days": Column("days", days),
            "opens": Column("opens", time_of_day),
            "closes": Column("closes", time_of_day),
            "zone": Column("zone", zone),
            "response_h": Column("response_h", number),
            "resolution_h": Column("resolution_h", number),
            "cost_a_year": Column("cost_cents", money),
            "note": Column("note"),
        },
    ),
    "assets": Sheet(
        Asset,
        ("id",),
        ("id", "name"),
        {
            "id": Column("id", name),
            "name": Column("name"),
            "nomenclature": _word("nomenclature", *get_args(Nomenclature)),
            "code": Column("code"),
            "manufacturer": Column("manufacturer"),
            "manufacturer_contact": Column("manufacturer_contact"),
            "model": Column("model"),
            "serial": Column("serial"),
            "location": Column("location"),
            "condition": _word("condition", *get_args(AssetCondition)),
            "power_needs": Column("power_needs"),
            "environment_needs": Column("environment_needs"),
            "software": Column("software"),
            "supplier": Column("supplier_id", name, "vendors"),
            "contract": Column("contract_id", text, "contracts"),
            "purchased": Column("purchased_on", day),
            "in_service": Column("in_service_on", day),
            "warranty_until": Column("warranty_until", day),
            "price": Column("price_cents", money),
            "income_a_scan": Column("income_cents", money),
            "criticality": Column("criticality", whole(1, 10)),
            "note": Column("note"),
        },
    ),
    "components": Sheet(
        Component,
        ("asset", "name", "serial"),
        ("asset", "name"),
        {
            "asset": Column("asset_id", name, "assets"),
            "name": Column("name"),
            "serial": Column("serial"),
            "model": Column("model"),
            "installed": Column("installed_on", day),
            "removed": Column("removed_on", day),
            "counter": Column("counter"),
            "counter_at_install": Column("counter_at_install", number),
            "life_count": Column("life_count", number),
            "life_days": Column("life_days", whole(1, 36500)),
            "note": Column("note"),
        },
    ),
    "parts": Sheet(
        Part,
        ("id",),
        ("id", "name"),
        {
            "id": Column("id", name),
            "name": Column("name"),
            "number": Column("number"),
            "minimum": Column("minimum", whole(0, 100_000)),
            "lead_days": Column("lead_days", whole(0, 3650)),
            "cost": Column("cost_cents", money),
            "vendor": Column("vendor_id", name, "vendors"),
            "shelf": Column("shelf"),
            "component": Column("component"),
            "detector": Column("detector"),
            "devices": Column("devices", names),
            "profiles": Column("profiles", names),
            "note": Column("note"),
        },
    ),
}
