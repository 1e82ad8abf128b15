"""Forms in which a person's identifiers were seen to be written, or could be."""

import base64
import html
import quopri
from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import quote


class Person(NamedTuple):
    """Somebody who was examined. Numbers are digits only."""

    first: str
    last: str
    dari: str  # first and last
    number: str  # eight digits or more
    born: int  # the year, Gregorian
    solar: int  # the year, Solar Hijri


def _digits(zero: str) -> Callable[[Person], str]:
    return lambda person: "".join(chr(ord(zero) + int(digit)) for digit in person.number)


def _parted(sign: str, width: int = 3) -> Callable[[Person], str]:
    return lambda person: sign.join(
        person.number[at : at + width] for at in range(0, len(person.number), width)
    )


def _each(form: str) -> Callable[[Person], str]:
    return lambda person: "".join(form.format(ord(digit)) for digit in person.number)


_WORDS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
_SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_CIRCLED = "⓪①②③④⑤⑥⑦⑧⑨"

NUMBERS: dict[str, Callable[[Person], str]] = {
    "plain": lambda person: person.number,
    "in pairs": _parted(" ", 2),
    "digit by digit": _parted(" ", 1),
    "en dash": _parted("–"),
    "minus": _parted("\u2212"),
    "comma": _parted(", "),
    "semicolon": _parted(";"),
    "tab": _parted("\t", 4),
    "line break": _parted("\n", 4),
    "bar": _parted(" | ", 4),
    "dot": _parted("."),
    "middle dot": _parted("·"),
    "slash": _parted("/"),
    "underline": _parted("_", 2),
    "arabic comma": _parted("، "),
    "letter between": _parted("A", 4),
    "letter between blanks": _parted(" x ", 4),
    "removed between": _parted(" [removed] ", 2),
    "zero width": _parted("\u200b", 1),
    "bidi": _parted("\u202e", 2),
    "letter behind": lambda person: f"{person.number}X",
    "letters in front": lambda person: f"P{person.number}",
    "sex behind": lambda person: f"{person.number}_F_2",
    "label": lambda person: f"MRN-{person.number}",
    "label with colon": lambda person: f"ID: {person.number[:4]} {person.number[4:]}",
    "decimal": lambda person: f"{person.number[:4]}.{person.number[4:]}",
    "decimal comma": lambda person: f"{person.number[:4]},{person.number[4:]}",
    "telephone": lambda person: f"+93 (0) {person.number[:3]} {person.number[3:]}",
    "tazkira": lambda person: f"1399-0801-{person.number[:5]}",
    "file": lambda person: f"{person.number}_F_2.dcm",
    "uid": lambda person: f"1.2.840.113619.2.{person.number[:4]}.{person.number[4:]}",
    "persian": _digits("۰"),
    "arabic": _digits("٠"),
    "devanagari": _digits("०"),
    "full width": _digits("０"),
    "mathematical": _digits("𝟎"),
    "superscript": lambda person: "".join(_SUPERSCRIPTS[int(digit)] for digit in person.number),
    "circled": lambda person: "".join(_CIRCLED[int(digit)] for digit in person.number),
    "keycaps": _each("{0:c}\ufe0f\u20e3"),
    "decimal references": _each("&#{0};"),
    "hex references": _each("&#x{0:x};"),
    "references twice": _each("&amp;#{0};"),
    "per cent": _each("%{0:02X}"),
    "quoted-printable": _each("={0:02X}"),
    "unicode escapes": _each("\\u{0:04x}"),
    "byte escapes": _each("\\x{0:02x}"),
    "hex": lambda person: person.number.encode().hex(),
    "hex in bytes": lambda person: person.number.encode().hex(" "),
    "base64": lambda person: base64.b64encode(person.number.encode()).decode(),
    "utf-16 as bytes": lambda person: person.number.encode("utf-16-le").decode("latin-1"),
    "in words": lambda person: " ".join(_WORDS[int(digit)] for digit in person.number),
    "in joined words": lambda person: "-".join(_WORDS[int(digit)] for digit in person.number),
}
NAMES: dict[str, Callable[[Person], str]] = {
    "name": lambda person: f"{person.first} {person.last}",
    "small": lambda person: f"{person.first} {person.last}".lower(),
    "capitals": lambda person: f"{person.first} {person.last}".upper(),
    "joined": lambda person: f"{person.first}{person.last}",
    "underlined": lambda person: f"{person.last}_{person.first}_CT",
    "dicom": lambda person: f"{person.last}^{person.first}",
    "title": lambda person: f"Haji {person.first}",
    "mail": lambda person: f"{person.first}.{person.last}@clinic.example".lower(),
    "path": lambda person: f"/data/{person.last}/{person.first}.dcm",
    "spelled": lambda person: " ".join(f"{person.first}{person.last}"),
    "spelled with dots": lambda person: ".".join(f"{person.first}{person.last}"),
    "name in hex": lambda person: person.last.encode().hex(),
    "name in 0x": lambda person: " ".join(f"0x{ord(letter):02x}" for letter in person.last),
    "name in base64": lambda person: base64.b64encode(person.last.encode()).decode(),
    "name in percent": lambda person: "".join(f"%{ord(letter):02x}" for letter in person.last),
    "name in references": lambda person: "".join(f"&#{ord(letter)};" for letter in person.last),
    "dari": lambda person: person.dari,
    "dari with title": lambda person: f"خانم {person.dari}",
    "dari zwnj": lambda person: person.dari.replace(" ", "\u200c"),
    "dari references": lambda person: "".join(f"&#{ord(letter)};" for letter in person.dari),
    "dari hex references": lambda person: "".join(f"&#x{ord(letter):x};" for letter in person.dari),
    "dari percent": lambda person: quote(person.dari),
    "dari quoted-printable": lambda person: quopri.encodestring(person.dari.encode()).decode(),
    "dari escapes": lambda person: person.dari.encode("unicode_escape").decode(),
    "dari named twice": lambda person: html.escape(
        "".join(f"&#{ord(letter)};" for letter in person.dari)
    ),
    "punycode": lambda person: f"xn--{person.dari.encode('punycode').decode()}",
}
DATES: dict[str, Callable[[Person], str]] = {
    "solar": lambda person: f"{person.solar}/06/12",
    "solar month": lambda person: f"12 جوزا {person.solar}",
    "pashto month": lambda person: f"12 غبرګولی {person.solar}",
    "latin solar month": lambda person: f"12 Jawza {person.solar}",
    "iso": lambda person: f"{person.born}-04-07",
    "together": lambda person: f"{person.born}0407",
    "american": lambda person: f"April 7th {person.born}",
    "british": lambda person: f"7 April {person.born}",
    "dashes": lambda person: f"07-Apr-{person.born}",
    "dots": lambda person: f"7.4.{person.born}",
    "month": lambda person: f"Apr {person.born}",
    "label": lambda person: f"DOB {person.born}",
}
FORMS = {**NUMBERS, **NAMES, **{f"born {name}": form for name, form in DATES.items()}}
