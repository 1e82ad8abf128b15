"""The words and signs of a time as strptime knows them, whatever language and system wrote it. Pure."""

import re
from typing import NamedTuple

from collectors.logfile.month_names import MONTHS

_LATIN = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩\u202f\xa0", "01234567890123456789  ")
_WORD = re.compile(r"[^\W\d_]+\.?")
_HALVES = re.compile(
    r"(?:(a\.? ?m\.?|ق\.?ظ\.?|قبل از ظهر)|(p\.? ?m\.?|ب\.?ظ\.?|بعد از ظهر))", re.IGNORECASE
)
_FRACTION = re.compile(r"(?<=\d:\d\d:\d\d)[.,:](\d+)")
_FRACTION_FORM = re.compile(r"(?<=%S)[.,:]%f")
_SIGN_BEHIND = re.compile(r"%S[.,:]")
_WITHOUT_FRACTION = re.compile(r"\d:\d\d:\d\d(?![.,:]?\d)")
_UTC = ("UTC", "GMT", "UT", "Z")
_ZONE_NAME = re.compile(r"[A-Za-z]+$")


class PlainTime(NamedTuple):
    """A time and its form without what strptime does not read well, and what that said."""

    text: str
    form: str
    fraction_ms: int = 0
    zone_name: str = ""  # `CEST`, as the clock wrote it


def plain_time(text: str, form: str) -> PlainTime:
    """Digits, names of months and days, halves of the day and zones in English; the fraction by itself."""
    text, zone_name, fraction = text.translate(_LATIN), "", ""
    if form.startswith(("%a", "%A")):  # a day's name says nothing that the date does not
        text, form = _WORD.sub("", text, count=1).strip(" ,"), form[2:].strip(" ,")
    if has(form, "bBhc"):
        text = _WORD.sub(lambda word: _month(word[0], is_short=not has(form, "B")), text)
    if has(form, "p"):
        text = _HALVES.sub(lambda half: "AM" if half[1] else "PM", text)
    if has(form, "z"):
        text = re.sub(r"([+-]\d\d)$", r"\g<1>00", re.sub("z$", "Z", text))
    if form.endswith("%Z") and (name := _ZONE_NAME.search(text)):
        zone_name = name[0].upper()
        text, form = text[: name.start()].rstrip(), form.removesuffix("%Z").rstrip()
    separated, rest = _FRACTION.search(text), _FRACTION_FORM.sub("", form)
    if separated and (rest != form or not _SIGN_BEHIND.search(form)):
        fraction, text, form = separated[1], _FRACTION.sub("", text, count=1), rest
    elif rest != form and _WITHOUT_FRACTION.search(text):
        form = rest
    return PlainTime(text, form, int((fraction + "000")[:3]), zone_name)


def is_utc(name: str) -> bool:
    """`UTC`, `GMT`."""
    return name in _UTC


def has(form: str, directives: str) -> bool:
    """Does the form hold one of these?"""
    return re.search(rf"%[{directives}]", form.replace("%%", "")) is not None


def _month(word: str, *, is_short: bool) -> str:
    english = MONTHS.get(word.removesuffix(".").casefold())
    if english is None:
        return word
    return english[:3] if is_short else english
