"""Where a person's data stands: labels, titles, DICOM and HL7 fields, addresses, paths.

Each pattern reads a text of any length once: what repeats is bounded, or begins where a token does.
"""

import re

from maintenance.bundle.privacy import dates
from maintenance.bundle.privacy.numbers import PORT
from maintenance.bundle.privacy.reading import MARK

_TECHNICAL = r"(?:table|couch|bed|support|handling|position\w*|cooling|monitor\w*|transport|unit)"
_ABOUT_SOMEONE = re.compile(
    rf"patient(?!['s]{{0,3}}[ _-]{{0,3}}{_TECHNICAL})|\b(?:pat|pts?|mrn|names?|dob|born|birth\w*|accession|acc"
    r"|admission|operator|physician|radiologist|technologist|referr\w+|registered|aged?|sex|gender"
    r"|mrs|operated|performed by|passport|ta[sz]kira|ta[sz]kera|national id|nic|next of kin|whatsapp)\b"
    r"|بیمار|مریض|المریض|ناروغ|تولد|متولد|زیږ|پذیرش|تذکره|پاسپورت|خانم|آقای|اقای|ولد|بنت|داکتر|دکتر|ډاکټر|نام",
    re.IGNORECASE,
)
_LABELS = (
    r"(?:patient|pat|name|surname|mrn|pid|id|uid|dob|birth|born|accession|acc|admission|visit|order|study"
    r"|series|exam|protocol|description|operator|physician|radiologist|technologist|doctor|referring"
    r"|institution|station|department|hospital|clinic|ward|address|phone|tel|mobile|mail|e-mail|aet|ae"
    r"|user|login|host|hostname|ip|comment|age|sex|gender|weight|file|path|folder|passport|ta[sz]kira|ta[sz]kera"
    r"|whatsapp|nurse|father|mother|son|daughter|wife|husband)"
)
_BEHIND_LABEL = re.compile(r"[\"']?\s?[:=]\s?")
# `patientName` and `lastname` hold a name; `voltage`, `leakage` and `grid` hold neither age nor id.
_LABEL_BEFORE = re.compile(
    rf"(?:\b|_|(?-i:(?<=[a-z])(?=[A-Z]))){_LABELS}[\w ']{{0,24}}$|\w{{0,24}}(?:name|birth)[\w ']{{0,24}}$",
    re.IGNORECASE,
)
_LONGEST_LABEL = 48  # signs
_VALUE_END = re.compile(r"[;|\n\t]|[,\s]\s{0,3}[\"']?\w{1,40}[\"']?\s?[:=]|$")
_PHONE = re.compile(r"(?:\+|00)\d{7,}|(?:93)?0?7\d{8}")  # abroad; a mobile one of the country
_DATE = re.compile(r"(?:1[3489]|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
_ARABIC = re.compile(r"[\u0600-\u06ff]")
_NUMBERED = re.compile(
    r"\b(?:(?<!event )id|uid|pid|mrn|exam|study|visit|episode|admission|request|passport)(?:[ #.-]|\bno\b|\bnr\b){1,4}(?=\d{0,9}\d{3})[\w-]{1,80}"
    r"(?:[\W_]{1,4}(?:[^\W\d]\W{1,2})?\d[\w-]{0,20}){0,12}"
    r"|(?:شماره|نمبر|کد|کود|تلفن|تلیفون|تماس|موبایل|مبایل)[\s:#.-]{0,6}\d(?:[\W_]{0,4}\d){0,30}",
    re.IGNORECASE,
)
_NUMBERED_HINTS = tuple(
    [
        "id",
        "mrn",
        "exam",
        "study",
        "visit",
        "episode",
        "admission",
        "request",
        "passport",
        "شماره",
        "نمبر",
        "کد",
        "کود",
        "تلفن",
        "تلیفون",
        "تماس",
        "موبایل",
        "مبایل",
    ]
)
_DICOM_LINE = re.compile(r"\(?\b00(?:08|10|12|18|20|32|38|40),\s?[0-9a-f]{4}\b.*", re.IGNORECASE)
_HL7 = re.compile(r"\b(?:PID|PV1|NK1|OBR|ORC)\|.*", re.DOTALL)
_IN_NAME = r"[^\s,;:|=\"'\[\](){}^]"
_DICOM_NAME = re.compile(rf"(?<!{_IN_NAME}){_IN_NAME}*\^[^,;:|=\"'\[\](){{}}\n]*")
_MAIL = re.compile(r"(?<!\S)[^\s@]*@\S*")
_URL = re.compile(r"\b[a-z][a-z0-9+.-]{0,20}://\S*", re.IGNORECASE)
_PATH = re.compile(r"(?:\b[a-z]:)?(?:\\[^\\\s]*)+", re.IGNORECASE)
_SLASHES = re.compile(r"(?<!\S)(?=[^\s/]*/[^\s/]+/)\S+|(?<!\S)/[^\s/]+/\S*")
_TITLED = re.compile(
    r"\b(?:Mr|Mrs|Ms|Miss|MRS|Dr|dr|Prof|Professor|Eng|Engr|Haji|Hajji|Mullah|Mawlawi|Qari|Sayed|Sayyid|Sheikh"
    r"|Ustad|Khanum|Khanom|Bibi|Agha)(?:\. ?| (?=[A-Z]))\w[\w'-]*(?: [A-Z][\w'-]*){0,2}"
    r"|(?i:\b(?:dr|prof|haji|hajji|mullah|ustad|khanum|khanom|bibi|agha)\.? \w[\w'-]*)"
)
# What a pattern needs in small letters; without any of it the text is not searched.
_TITLES = tuple(
    [
        "mr",
        "ms",
        "miss",
        "dr",
        "prof",
        "eng",
        "haj",
        "mullah",
        "mawlawi",
        "qari",
        "say",
        "sheikh",
        "ustad",
        "khan",
        "bibi",
        "agha",
    ]
)
_WHOLE = (
    ((",",), _DICOM_LINE),
    (("|",), _HL7),
    (("://",), _URL),
    (("@",), _MAIL),
    (("^",), _DICOM_NAME),
    (("\\",), _PATH),
    (("/",), _SLASHES),
    (_TITLES, _TITLED),
)
_OF_DIGITS = (
    (_NUMBERED_HINTS, _NUMBERED),
    (dates.ENGLISH_HINTS, dates.ENGLISH),
    ((".", "/", "-", " "), dates.NUMERIC),
    (("",), dates.AGE),
    (dates.AGE_HINTS, dates.AGE_BEHIND),
)
_ABOUT_HINTS = (
    *(
        "pa",
        "pts",
        "mrn",
        "name",
        "dob",
        "born",
        "birth",
        "acc",
        "admission",
        "operat",
        "physician",
    ),
    *(
        "logist",
        "referr",
        "registered",
        "age",
        "sex",
        "gender",
        "mrs",
        "performed by",
        "ta",
        "national id",
    ),
    *("nic", "next of kin"),
)


_DIGITS = tuple("0123456789")


def is_about_someone(text: str) -> bool:
    """Does it speak of a patient or of staff? Then no number in it is a measurement."""
    is_hinted = _ARABIC.search(text) or _has_any(text.lower(), _ABOUT_HINTS)
    return bool(is_hinted) and _ABOUT_SOMEONE.search(text) is not None


def without_persons(text: str) -> str:
    """The text with MARK where a person's data stood."""
    small = text.lower()
    for hints, pattern in _WHOLE:
        if _has_any(small, hints):
            text = pattern.sub(_without_port, text)
    if _has_any(small, _DIGITS):
        for hints, pattern in _OF_DIGITS:
            if _has_any(small, hints):
                text = pattern.sub(MARK, text)
        if _ARABIC.search(small) or _has_any(small, dates.OTHER_HINTS):
            text = dates.OTHER.sub(MARK, text)
    return _without_labelled(text)


def is_title(text: str) -> bool:
    """Does a person's title stand in it?"""
    return _TITLED.search(text) is not None


def is_of_person(number: str) -> bool:
    """Does it look like a telephone number or a date, which no serial is in a text?"""
    digits = re.sub(r"[ ()./-]", "", number)
    is_date = _DATE.fullmatch(digits) is not None or dates.NUMERIC.search(number) is not None
    return is_date or _PHONE.fullmatch(digits) is not None


def _has_any(small: str, hints: tuple[str, ...]) -> bool:
    for hint in hints:  # noqa: SIM110 (a loop is twice as fast as any(), and this is asked ten times a text)
        if hint in small:
            return True
    return False


def _without_port(match: re.Match[str]) -> str:
    return match[0] if PORT.fullmatch(match[0]) else MARK


def _without_labelled(text: str) -> str:
    """What stands behind a label is not in it, up to the next label."""
    parts: list[str] = []
    end = 0
    for sign in _BEHIND_LABEL.finditer(text):
        label = text[max(sign.start() - _LONGEST_LABEL, 0) : sign.start()]
        if sign.start() < end or _LABEL_BEFORE.search(label) is None:
            continue
        parts.append(text[end : sign.end()])
        match = _VALUE_END.search(text, sign.end())
        value_end = match.start() if match is not None else len(text)
        parts.append(MARK if text[sign.end() : value_end].strip() else "")
        end = value_end
    return "".join([*parts, text[end:]])
