"""Bytes of a mail as text, by the charset that it names, or by what the bytes are. Pure."""

import re
from email.header import decode_header
from email.message import Message

LONGEST_HEADER = 10_000  # characters of one that are decoded; the rest is no subject and no name

# What mail programs mean by them (WHATWG, Encoding Standard).
_MEANT = {
    "us-ascii": "cp1252",
    "ascii": "cp1252",
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "ks_c_5601-1987": "cp949",
    "gb2312": "gb18030",
    "x-sjis": "cp932",
    "unicode-1-1-utf-7": "utf-7",
    "cp-850": "cp850",
}
# Codecs of Python that are no charset of a mail, and slow with much text.
_NO_CHARSET = re.compile(r"idna|punycode|unicode.escape|raw.unicode.escape|undefined|mbcs|oem")
_RAW_BYTES = re.compile("[\udc80-\udcff]")


def decoded(part: Message) -> str:
    """The text of a part."""
    try:
        body = part.get_payload(decode=True)
    except (ValueError, LookupError, AttributeError):
        body = None
    return text_of(body if isinstance(body, bytes) else b"", part.get_content_charset())


def text_of(data: bytes, charset: str | None) -> str:
    """The text of bytes: as their charset says, else as UTF-8, else with a sign for what is broken."""
    named = (charset or "utf-8").strip().lower()
    named = "" if _NO_CHARSET.search(named) else _MEANT.get(named, named)
    for tried in ("utf-8",) if named in ("", "cp1252") else (named, "utf-8"):
        try:
            return data.decode(tried)
        except (LookupError, ValueError):
            continue
    try:
        return data.decode(named or "cp1252", "replace")
    except (LookupError, ValueError):
        return data.decode("cp1252", "replace")


def header(mail: Message, name: str) -> str:
    """All headers of that name, decoded; what cannot be decoded as it stands."""
    values = [str(value) for value in mail.get_all(name) or []]
    return " ".join(_decoded_header(value[:LONGEST_HEADER]) for value in values[:100])


def raw_header(mail: Message, name: str) -> str:
    """All headers of that name as they stand."""
    return " ".join(str(value) for value in mail.get_all(name) or [])


def without_raw_bytes(part: Message) -> None:
    """Headers with bytes that are no ASCII become text: RFC 6532, and programs that know no RFC."""
    headers = list(part.raw_items())
    if not any(_RAW_BYTES.search(str(value)) for _, value in headers):
        return
    for name in {name.lower() for name, _ in headers}:
        del part[name]
    for name, value in headers:
        data = str(value).encode("utf-8", "surrogateescape")
        part[name] = text_of(data, None)


def decoded_name(given: object) -> str:
    """The name of a file, from whatever the mail gives for it."""
    return _decoded_header(str(given or "")[:LONGEST_HEADER])


def _decoded_header(raw: str) -> str:
    try:
        return "".join(_decoded_word(word, charset) for word, charset in decode_header(raw))
    except (ValueError, LookupError):
        return raw


def _decoded_word(word: bytes | str, charset: str | None) -> str:
    if isinstance(word, str):
        return word
    # What stood between encoded words comes back as Python's own escapes.
    return word.decode("raw-unicode-escape") if charset is None else text_of(word, charset)
