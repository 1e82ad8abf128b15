"""Links in messages with which an incident is acknowledged: signed for one incident and one person."""

import hashlib
import hmac
import logging
from base64 import urlsafe_b64encode
from typing import NamedTuple

from core.errors import RefusedError, StoreError
from core.schema.site import Site
from core.time.clock import DAY, SECOND
from storage.files.key_file import site_key

log = logging.getLogger(__name__)

VALID_FOR = 7 * DAY  # Scanward's default, no source
SIGNATURE_BYTES = 18  # 144 bits: 24 characters
LONGEST = 200  # characters of a token


class LinkBearer(NamedTuple):
    """What a link is good for."""

    incident: int
    person: str  # the id in the site file; empty: whoever reads the channel


def link_to(site: Site, incident: int, person: str, now: int) -> str:
    """The address at which that person acknowledges; empty if the site file names no public address.

    The key is made with the first link. A folder that cannot be written costs the link, no message.
    """
    if site.file.http.public_url is None:
        return ""
    try:
        key = site_key(site.link_key_path)
    except StoreError as error:
        log.warning("messages go without a link: %s", error)
        return ""
    token = sign(key, LinkBearer(incident, person), now + VALID_FOR)
    return f"{site.file.http.public_url.rstrip('/')}/ack/{token}"


def bearer_of(site: Site, token: str, now: int) -> LinkBearer:
    """Whose link it is. RefusedError if it was not signed here, or is too old."""
    fields = token.split(".") if len(token) <= LONGEST and token.isascii() else []
    if len(fields) != 4 or not site.link_key_path.exists():
        raise RefusedError("this link is not one of ours")
    content, signature = ".".join(fields[:3]), fields[3]
    if not hmac.compare_digest(_signature(site_key(site.link_key_path), content), signature):
        raise RefusedError("this link is not one of ours")
    incident, expires, person = fields[:3]
    if now > int(expires, 36) * SECOND:
        raise RefusedError("this link is too old: open the alert in Scanward")
    return LinkBearer(int(incident), person)


def sign(key: bytes, bearer: LinkBearer, expires_at: int) -> str:
    """The token of a link; `expires_at` in UTC ms."""
    content = f"{bearer.incident}.{_base36(expires_at // SECOND)}.{bearer.person}"
    return f"{content}.{_signature(key, content)}"


def _signature(key: bytes, content: str) -> str:
    digest = hmac.digest(key, f"acknowledge {content}".encode(), hashlib.sha256)
    return urlsafe_b64encode(digest[:SIGNATURE_BYTES]).decode()


def _base36(number: int) -> str:
    digits = "0123456789abcdefghijklmnopqrstuvwxyz"
    text = ""
    while number:
        number, digit = divmod(number, 36)
        text = digits[digit] + text
    return text or "0"
