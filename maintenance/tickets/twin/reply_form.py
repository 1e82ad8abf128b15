"""`reply.txt`: what a supplier fills in with any editor, and what they wrote into it. Pure.

Our own lines begin with `##`. Whatever else is in the file is the reply, wherever it stands: nobody has to hit the right
place. The last line is ours, so that a file that was not copied to its end is known.
"""

import codecs
from typing import NamedTuple

from core.errors import RefusedError
from core.text.plain import readable
from maintenance.tickets.twin.stamp import without_stamp
from maintenance.tickets.uploads import KINDS
from maintenance.work_orders.attachments import LARGEST

NAME = "reply.txt"
LONGEST = 200_000  # characters, as of a mail
_END = "## end of the reply"
_LINES = (
    "## Reply to the ticket of the stamp below. Any editor will do; save it as plain text.",
    "## Write between the lines that begin with ##, and leave those as they are.",
    "## Please write no names or numbers of patients.",
    f"## Files: put them beside this file ({', '.join(KINDS)}; at most {LARGEST // 1_000_000} MB each).",
    "## Then send this file back, or with files its folder as one ZIP: on the stick, or by mail.",
)
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_NO_TEXT = (b"{\\rtf", b"<", b"%PDF", b"\xd0\xcf\x11\xe0")  # a word processor's, a page's


class DecodedReply(NamedTuple):
    """The text of a file; `is_sure`: in a coding that cannot be taken for another."""

    text: str
    is_sure: bool


def blank_reply(stamp_line: str) -> bytes:
    """The file to fill in: ASCII, with the ends of line that the oldest editor shows."""
    lines = (*_LINES, f"## {stamp_line}", "", "", "", _END, "")
    return "\r\n".join(lines).encode("ascii")


def decoded_reply(data: bytes) -> DecodedReply:
    """As it was saved: UTF-8, UTF-16, or one byte a letter. RefusedError if it is no plain text."""
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(_NO_TEXT):
        raise RefusedError("this reply is no plain text: save it as text (.txt) in the editor")
    for mark, coding in _MARKS:
        if data.startswith(mark):
            return DecodedReply(data[len(mark) :].decode(coding, "replace"), is_sure=True)
    if b"\0" in data[:2]:  # UTF-16 without a mark: it begins with `##`
        coding = "utf-16-be" if data[:1] == b"\0" else "utf-16-le"
        return DecodedReply(data.decode(coding, "replace"), is_sure=True)
    try:
        return DecodedReply(data.decode("utf-8"), is_sure=True)
    except UnicodeDecodeError:
        return DecodedReply(data.decode("cp1252", "replace"), is_sure=False)


def words_of(text: str) -> str:
    """What the supplier wrote; empty if nothing. RefusedError if the file is not there to its end, or too long."""
    lines = [line.strip() for line in text.splitlines()]
    if _END not in lines:
        raise RefusedError("this reply is not whole: its last line is missing, so copy it again")
    own = {*_LINES, _END, "##"}
    lines = [line.rstrip() for line in without_stamp(text).splitlines()]
    words = readable("\n".join(line for line in lines if line.strip() not in own))
    if len(words) > LONGEST:
        raise RefusedError(
            "a reply has at most {most} characters: put the rest into a file", most=LONGEST
        )
    return words
