"""The line of a reply that says to which ticket it belongs, signed with a key of the site.

It names the ticket by its token, for a number may be another ticket's after a backup came back. It holds no time: a
reply may lie in a drawer for months, and no clock makes it wrong.
"""

import hashlib
import hmac
import re
from typing import NamedTuple

from core.errors import RefusedError
from core.schema.site import Site
from storage.files.key_file import site_key

SIGNATURE_LENGTH = 32  # hexadecimal digits: 128 bits
_STAMP = re.compile(
    rf"stamp:[ \t]*([a-z0-9-]{{1,200}})[ \t]+(\d{{1,15}})[ \t]+([0-9a-f]{{16}})[ \t]+([0-9a-f]{{{SIGNATURE_LENGTH}}})\b",
    re.ASCII,
)


class ReplyStamp(NamedTuple):
    """A ticket of a site; `number` is for people."""

    site: str
    number: int
    token: str


def stamp_line(site: Site, number: int, token: str) -> str:
    """The signed line; the key is made with the first."""
    stamp = ReplyStamp(site.file.id, number, token)
    signature = _signature(site_key(site.reply_key_path), stamp)
    return f"stamp: {stamp.site} {stamp.number} {stamp.token} {signature}"


def read_stamp(site: Site, text: str) -> ReplyStamp:
    """The ticket of a reply. RefusedError if it has no stamp, several, another site's, or one that is not ours."""
    stamps = set(_STAMP.findall(text))
    if not stamps:
        raise RefusedError(
            "this is no reply to a ticket: its line with the stamp is missing or was changed"
        )
    if len(stamps) > 1:
        raise RefusedError(
            "this reply has the stamps of several tickets: one file is for one ticket"
        )
    site_id, number, token, signature = stamps.pop()
    if site_id != site.file.id:
        raise RefusedError(
            "this reply is for the site {other!r}, and this is {site!r}",
            other=site_id,
            site=site.file.id,
        )
    stamp = ReplyStamp(site_id, int(number), token)
    path = site.reply_key_path
    if not path.exists() or not hmac.compare_digest(_signature(site_key(path), stamp), signature):
        raise RefusedError("the stamp of this reply was changed, or was not made here")
    return stamp


def has_stamp(text: str) -> bool:
    """Does it look like a reply? Whose, and whether it is right, `read_stamp` says."""
    return _STAMP.search(text) is not None


def without_stamp(text: str) -> str:
    """The text without it."""
    return _STAMP.sub("", text)


def _signature(key: bytes, stamp: ReplyStamp) -> str:
    content = f"reply {stamp.site} {stamp.number} {stamp.token}"
    return hmac.new(key, content.encode(), hashlib.sha256).hexdigest()[:SIGNATURE_LENGTH]
