"""Bytes of a mail as text, by the charset that it names, or by what the bytes are. Pure."""

import re
from base64 import b64decode
from email.header import decode_header
from email.message import Message
from itertools import takewhile

LONGEST_HEADER = 10_000  # characters of one that are decoded; the rest is no subject and no name

# What mail programs mean by them (WHATWG, Encoding Standard).
_MEANT = {
    "us-ascii": "cp1252",
    "ascii": "cp1252",
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "iso-8859-9": "cp1254",
    "iso-8859-11": "cp874",
    "tis-620": "cp874",
    "iso-8859-8-i": "iso-8859-8",
    "iso-8859-8-e": "iso-8859-8",
    "iso-8859-6-i": "iso-8859-6",
    "iso-8859-6-e": "iso-8859-6",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "utf8mb4": "utf-8",
    "x-sjis": "cp932",
    "unicode-1-1-utf-7": "utf-7",
    "cp-850": "cp850",
}
# Codecs of Python that are no charset of a mail, and slow with much text.
_NO_CHARSET = re.compile(r"idna|punycode|unicode.escape|raw.unicode.escape|undefined|mbcs|oem")
_META_CHARSET = re.compile(
    rb"<meta\b[^<>]{0,200}?charset=[\"' ]?([A-Za-z0-9_.:-]{1,40})", re.IGNORECASE
)
_HTML_HEAD = 4000  # bytes in which it names its charset; browsers look into 1024
_SHIFTED = re.compile(rb"\x1b[$(][@BJ]")  # ISO-2022-JP, which needs no name to be known
_OF_SEVERAL_BYTES = re.compile(rb"[\xc2-\xf4][\x80-\xbf]")  # a letter in UTF-8
_RAW_BYTES = re.compile("[\udc80-\udcff]")


def decoded(part: Message) -> str:
    """The text of a part."""
    body, charset = body_of(part), part.get_content_charset()
    if charset is None and part.get_content_subtype() == "html":
        meta = _META_CHARSET.search(body[:_HTML_HEAD])
        charset = meta[1].decode("ascii") if meta else None
    return text_of(body, charset)


def body_of(part: Message) -> bytes:
    """The bytes of a part, decoded."""
    coding = str(part.get("Content-Transfer-Encoding", "")).strip().lower()
    if coding.startswith("base64") and not part.is_multipart():
        return _of_base64(str(part.get_payload()).encode("utf-8", "surrogateescape"))
    if coding != str(part.get("Content-Transfer-Encoding", "")).lower():  # with a blank behind it
        part.replace_header("Content-Transfer-Encoding", coding)
    try:
        body = part.get_payload(decode=True)
    except (ValueError, LookupError, AttributeError):
        body = None
    return body if isinstance(body, bytes) else b""


def _of_base64(coded: bytes) -> bytes:
    """What is coded, also of segments that were joined; text that never was coded stays as it is."""
    lines = [line.strip() for line in coded.splitlines() if line.strip()]
    if lines and _is_text(lines[0]):
        return coded
    of_sender = takewhile(lambda line: not _is_text(line), lines)  # a gateway adds words
    segments: list[bytes] = re.findall(rb"[^=]+", b"".join(of_sender))
    return b"".join(map(_of_segment, segments))


def _is_text(line: bytes) -> bool:
    return line.count(b" ") > 1 or line == b"--"


def _of_segment(coded: bytes) -> bytes:
    clean = re.sub(rb"[^A-Za-z0-9+/]", b"", coded)
    clean = clean[: len(clean) - (len(clean) % 4 == 1)]  # one letter more is half a byte
    return b64decode(clean + b"=" * (-len(clean) % 4))


def text_of(data: bytes, charset: str | None) -> str:
    """The text of bytes: as their charset says, else as UTF-8, else with a sign for what is broken."""
    named = (charset or "").strip().lower()
    named = "" if _NO_CHARSET.search(named) else _MEANT.get(named, named)
    if named in ("", "cp1252", "utf-8") and _SHIFTED.search(data):
        named = "iso-2022-jp"
    for tried in ("utf-8",) if named in ("", "cp1252") else (named, "utf-8"):
        try:
            return data.decode(tried)
        except (LookupError, ValueError):
            if tried.startswith("iso-2022"):
                break  # seven bits a letter: as UTF-8 it is never wrong, and never right
    if not named:  # of a program that knows no charset, or of a broken one that knows UTF-8
        named = "utf-8" if _OF_SEVERAL_BYTES.search(data) else "cp1252"
    try:
        return data.decode(named, "replace")
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
