"""Takes whatever could name a person out of text before it leaves the site. Pure.

No list of names is ever complete, so it works the other way round: a word leaves only if it is in
`words.txt` or among the words of the device's own profile, a number only if it looks like a
measurement, a short count, a version or an error code. Everything else becomes `[removed]`: names
in any script, identifiers, dates, accession and phone numbers, addresses, hosts, paths. Before
that, what stands behind a label (`PatientName:`), a title or in a DICOM name is removed even if it
is made of ordinary words. What is left out is telemetry.md section 7's list of leaks seen.
"""

import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import Self

REMOVED = "[removed]"

# Signs of technical text beside ASCII; any other sign is taken out.
_SIGNS = frozenset("°µμΩ±×²³·–—…→≤≥€\u202f")
_MARK = "\x00"  # stands for what was removed until the end

_TECHNICAL = r"(?:table|couch|bed|support|handling|position\w*|cooling|monitor\w*|transport|unit)"
_PERSON = re.compile(
    rf"patient(?!['s]*[ _-]*{_TECHNICAL})|\b(?:pat|pts?|mrn|names?|dob|born|birth\w*|accession|acc"
    r"|admission|operator|physician|radiologist|technologist|referr\w+|registered|aged?|sex|gender"
    r"|mrs|operated|performed by)\b|بیمار|مریض|المريض|تولد|پذیرش",
    re.IGNORECASE,
)
_LABELS = (
    r"(?:patient|pat|name|surname|mrn|pid|id|uid|dob|birth|born|accession|acc|admission|visit|order|study"
    r"|series|exam|protocol|description|operator|physician|radiologist|technologist|doctor|referring"
    r"|institution|station|department|hospital|clinic|ward|address|phone|tel|mobile|mail|e-mail|aet|ae"
    r"|user|login|host|hostname|ip|comment|age|sex|gender|weight|file|path|folder)"
)
_LABELLED = re.compile(
    rf"((?:\b|_|(?<=[a-z])){_LABELS}[\w ']{{0,24}}?[\"']?\s?[:=]\s?)([^;|\n\t{_MARK}]*?)"
    r"(?=[;|\n\t]|[,\s]\s*[\"']?\w+[\"']?\s?[:=]|$)",
    re.IGNORECASE,
)
_DICOM_LINE = re.compile(r"\(?\b00(?:08|10|12|18|20|32|38|40),\s?[0-9a-f]{4}\b.*", re.IGNORECASE)
_HL7 = re.compile(r"\b(?:PID|PV1|NK1|OBR|ORC)\|.*", re.DOTALL)
_DICOM_NAME = re.compile(r"[^\s,;:|=\"'\[\](){}]*\^[^,;:|=\"'\[\](){}\n]*")
_MAIL = re.compile(r"\S+@\S+")
_URL = re.compile(r"\b[a-z][a-z0-9+.-]*://\S+", re.IGNORECASE)
_PATH = re.compile(
    r"(?:\b[a-z]:)?(?:\\[^\\\s]*)+|(?<![\w.])/?(?:[^\s/]+/){2,}[^\s/]*", re.IGNORECASE
)
_TITLED = re.compile(
    r"\b(?:Mr|Mrs|Ms|Miss|MRS|Dr|dr|Prof|Professor|Eng|Engr|Haji|Hajji|Mullah|Sayed|Sayyid|Sheikh|Ustad)"
    r"(?:\. ?| (?=[A-Z]))\w[\w'-]*(?: [A-Z][\w'-]*){0,2}"
)
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_WRITTEN_DATE = re.compile(
    rf"\b\d{{1,4}}(?:st|nd|rd|th)?[ -]?{_MONTH}[ ,-]*\d{{0,4}}\b|\b{_MONTH}[ -]\d{{1,2}}\b[ ,-]*(?:\d{{4}})?",
    re.IGNORECASE,
)
_WHOLE = (_DICOM_LINE, _HL7, _URL, _MAIL, _DICOM_NAME, _PATH, _TITLED, _WRITTEN_DATE)

_TOKEN = re.compile(rf"{_MARK}|\w(?:(?:[\w^@'#&\\/.:+-]|,(?=\d))*\w)?")
_CAMEL = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_BETWEEN_NUMBERS = re.compile(r"[ ()/-]{1,3}")

_UNITS = (
    r"(?:%|°C|°F|°|K|mK|V|mV|kV|kVp|A|mA|mAs|W|kW|VA|kVA|kWh|Hz|kHz|MHz|GHz|s|ms|us|µs|min|h|d|hrs?|hours?"
    r"|seconds?|minutes?|days?|T|mT|G|Pa|kPa|hPa|bar|mbar|psi|rpm|mm|cm|m|um|µm|nm|kg|g|B|kB|KB|MB|GB|TB|l|L"
    r"|l/min|gpm|m/s|ppm|dB|dBm|Gy|mGy|µGy|mSv|Ω|Ohm|ohm|HU|counts?|scans?|exposures?|times|images?|slices?)"
)
_HAS_UNIT = re.compile(rf"[\s\u202f]?{_UNITS}(?![\w°])")
_MEASURED = re.compile(rf"\d{{1,7}}(?:[.,]\d{{1,6}})?{_UNITS}")
_DECIMAL = re.compile(r"\d{1,5}[.,]\d{1,6}")
_TIME = re.compile(r"\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,6})?)?")
_SHORT_CODE = re.compile(r"[EFW]\d{4}|[A-Za-z]{1,2}-?\d{1,3}[A-Z]?|\d{1,3}[A-Z]|\d{1,4}x\d{1,4}")
_PORT = re.compile(
    r"(?:(?:ten|twe)?gigabitethernet|(?:fast)?ethernet|eth|en[ops]?|gi|ge|te|xe|fa|po|vlan|lo|sd|nvme)"
    r"[-_]?\d{1,3}(?:[/:.]\d{1,3}){0,3}",
    re.IGNORECASE,
)
_HEX = re.compile(r"0x[0-9A-Fa-f]{1,8}")
_LONG_CODE = re.compile(r"[A-Za-z]{0,3}[-_]?\d{1,5}[A-Z]?")
_AFTER_CODE = re.compile(
    r"\b(?:errors?|faults?|alarms?|warnings?|events?|codes?|exceptions?|status)[ :#]{1,2}$", re.I
)
_AFTER_VERSION = re.compile(
    r"\b(?:versions?|ver|v|software|firmware|release|build|rev|revision|syngo)[ :.]{0,2}$", re.I
)


class Scrubber:
    """Knows which words may leave: those of `words.txt` and those that are handed to it."""

    def __init__(self, words: frozenset[str], names: frozenset[str]) -> None:
        self._words = words
        self._names = names  # words that are also somebody's name

    @classmethod
    def of(cls, *texts: str) -> Self:
        """With the words of these texts beside those of `words.txt`: a profile's titles, a maker."""
        own = {word.lower() for text in texts for word in [*text.split(), *_parts(text)]}
        return cls(_WORDS | own, _NAMES)

    def scrub(self, text: str) -> str:
        """The text in ASCII and a few signs, with `[removed]` where something was taken out.

        Never raises. What has been scrubbed is not changed by being scrubbed again.
        """
        for _ in range(5):
            cleaner = self._once(text)
            if cleaner == text:
                return text
            text = cleaner
        return REMOVED  # has not been seen to happen; what does not settle does not leave

    def code(self, text: str) -> str:
        """An error code or a component's name, which stands in a field of its own."""
        if _LONG_CODE.fullmatch(text) or _HEX.fullmatch(text):
            return text
        return self.scrub(text)

    def _once(self, text: str) -> str:
        plain = _plain(text).replace(REMOVED, _MARK)
        for pattern in _WHOLE:
            plain = pattern.sub(_MARK, plain)
        plain = _LABELLED.sub(
            lambda match: f"{match[1]}{_MARK if match[2].strip() else match[2]}", plain
        )
        about_someone = _PERSON.search(plain) is not None
        tokens = list(_TOKEN.finditer(plain))
        keep = [self._keeps(plain, token, about_someone=about_someone) for token in tokens]
        _drop_split_numbers(plain, tokens, keep)
        self._drop_names_beside_names(plain, tokens, keep)
        return _joined(plain, tokens, keep)

    def _keeps(self, plain: str, token: re.Match[str], *, about_someone: bool) -> bool:
        word, before, after = token[0], plain[: token.start()], plain[token.end() :]
        if word == _MARK:
            return False
        if word.lower() in self._words:
            return not (about_someone and word.lower() in self._names)
        is_code = _AFTER_CODE.search(before[-16:]) is not None
        if not any(sign.isdigit() for sign in word):
            return self._keeps_words(word, about_someone=about_someone)
        if is_code and (_LONG_CODE.fullmatch(word) or _HEX.fullmatch(word)):
            return True
        if about_someone:
            return False
        if not any(sign.isalpha() for sign in word):
            return _keeps_number(word, before, after)
        if any(form.fullmatch(word) for form in (_MEASURED, _SHORT_CODE, _HEX, _PORT)):
            return True
        named = re.fullmatch(r"(\w*?[A-Za-z])[-_]?\d{1,3}", word)
        return named is not None and self._keeps_words(named[1], about_someone=False)

    def _keeps_words(self, word: str, *, about_someone: bool) -> bool:
        if "@" in word or "^" in word or "." in word:
            return False  # an address, a name, a host
        parts = _parts(word)
        banned = self._names if about_someone else frozenset[str]()
        return bool(parts) and all(
            part.isascii() and (len(part) == 1 or part.lower() in self._words - banned)
            for part in parts
        )

    def _drop_names_beside_names(
        self, plain: str, tokens: list[re.Match[str]], keep: list[bool]
    ) -> None:
        """`John Field`: once John is gone, Field is no longer a word of physics."""
        order = range(len(tokens))
        for index in [*order, *reversed(order)]:
            word = tokens[index][0]
            is_name = word.lower() in self._names or (len(word) == 1 and word.isupper())
            if keep[index] and is_name:
                keep[index] = not any(
                    not keep[other] and _are_beside(plain, tokens, index, other)
                    for other in (index - 1, index + 1)
                    if 0 <= other < len(tokens)
                )


def _plain(text: str) -> str:
    """ASCII digits, no invisible signs; letters stay, so that foreign words are seen as words."""
    return "".join(map(_plain_sign, unicodedata.normalize("NFC", text)))


def _plain_sign(sign: str) -> str:
    if sign.isascii():
        return sign if sign.isprintable() or sign in "\n\t" else " "
    if (digit := unicodedata.decimal(sign, None)) is not None:
        return str(digit)
    kind = unicodedata.category(sign)
    if sign in _SIGNS or kind[0] in "LMN":
        return sign
    return "" if kind == "Cf" else " "


def _parts(word: str) -> list[str]:
    """The words in `TubeScanSeconds`, `over-temperature`, `CSA_MSC`, `patient's`."""
    stems = re.findall(r"[^\W\d_]+", re.sub(r"'s\b", "", word))
    return [part for stem in stems for part in (_CAMEL.findall(stem) if stem.isascii() else [stem])]


def _keeps_number(word: str, before: str, after: str) -> bool:
    digits = sum(sign.isdigit() for sign in word)
    if _HAS_UNIT.match(after) and re.fullmatch(r"\d{1,7}([.,-]\d{1,6})?", word):
        return True
    if _TIME.fullmatch(word) or _DECIMAL.fullmatch(word):
        return True
    if word.isdecimal():
        return digits <= 4
    if re.fullmatch(r"\d{1,4}(\.\d{1,4}){1,3}", word) and _AFTER_VERSION.search(before[-12:]):
        return digits <= 8
    return re.fullmatch(r"\d{1,3}[-:/]\d{1,3}", word) is not None


def _drop_split_numbers(plain: str, tokens: list[re.Match[str]], keep: list[bool]) -> None:
    """`0799 123 456`, `1975 03 12`: whole numbers in a row that make seven digits or more."""
    run: list[int] = []
    for index in [*range(len(tokens)), -1]:
        token = tokens[index] if index >= 0 else None
        is_next = token is not None and re.fullmatch(r"[\d:-]+", token[0]) is not None
        if is_next and run and token is not None:
            is_next = (
                _BETWEEN_NUMBERS.fullmatch(plain[tokens[run[-1]].end() : token.start()]) is not None
            )
        if not is_next:
            if len(run) > 1 and sum(sign.isdigit() for i in run for sign in tokens[i][0]) >= 7:
                for i in run:
                    keep[i] = False
            run = []
        if token is not None and re.fullmatch(r"[\d:-]+", token[0]):
            run.append(index)


def _are_beside(plain: str, tokens: list[re.Match[str]], first: int, second: int) -> bool:
    before, after = sorted((first, second))
    between = plain[tokens[before].end() : tokens[after].start()]
    both_small = tokens[first][0].islower() and tokens[second][0].islower()
    return re.fullmatch(r"[ .,]{0,3}", between) is not None and not both_small


def _joined(plain: str, tokens: list[re.Match[str]], keep: list[bool]) -> str:
    """The tokens that are kept, with one mark for each run that is not."""
    parts: list[str] = []
    end = 0
    for token, is_clean in zip(tokens, keep, strict=True):
        parts.append(_only_signs(plain[end : token.start()]))
        parts.append(token[0] if is_clean else REMOVED)
        end = token.end()
    parts.append(_only_signs(plain[end:]))
    text = "".join(parts)
    return re.sub(rf"{re.escape(REMOVED)}(?:[\s.,^'\"-]*{re.escape(REMOVED)})+", REMOVED, text)


def _only_signs(between: str) -> str:
    return "".join(sign for sign in between if sign.isascii() or sign in _SIGNS)


def _read(lines: Iterable[str]) -> tuple[frozenset[str], frozenset[str]]:
    words = [word for line in lines if not line.startswith("#") for word in line.split()]
    names = frozenset(word.rstrip("*") for word in words if word.endswith("*"))
    return frozenset(word.rstrip("*") for word in words), names


_WORDS, _NAMES = _read(
    Path(__file__).with_name("words.txt").read_text(encoding="ascii").splitlines()
)
