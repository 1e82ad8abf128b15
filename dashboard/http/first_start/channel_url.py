"""The address for apprise that stands for what a person wrote: a webhook, a topic of ntfy, a mail server."""

from collections.abc import Mapping
from urllib.parse import SplitResult, quote, urlencode, urlsplit

from core.errors import RefusedError

NTFY = "https://ntfy.sh"
WEBHOOK, NTFY_TOPIC, MAIL = "webhook", "ntfy", "mail"
KINDS = (WEBHOOK, NTFY_TOPIC, MAIL)


def channel_url(kind: str, fields: Mapping[str, str]) -> str:
    """The URL, with its secrets. RefusedError says what is wrong with what was written."""
    if kind == MAIL:
        return _mail_url(fields)
    address = fields.get(kind, "").strip()
    if kind == NTFY_TOPIC and "://" not in address:
        address = f"{NTFY}/{quote(address.strip('/'), safe='')}" if address.strip("/") else ""
    url = _checked(address)
    if kind == NTFY_TOPIC and not url.path.strip("/"):
        raise RefusedError("write the topic behind the address, as https://ntfy.sh/our-centre")
    scheme = {WEBHOOK: "json", NTFY_TOPIC: "ntfy"}[kind]
    return url._replace(scheme=scheme + ("s" if url.scheme == "https" else "")).geturl()


def _checked(address: str) -> SplitResult:
    try:
        url = urlsplit(address)
        is_whole = url.scheme in ("http", "https") and bool(url.hostname) and (url.port or 1) > 0
    except ValueError:
        is_whole = False
    if not is_whole or any(letter.isspace() for letter in address):
        raise RefusedError(
            "{address!r} is no address such as https://example.org/path", address=address
        )
    return url


def _mail_url(fields: Mapping[str, str]) -> str:
    server, user = fields.get("mail_server", "").strip(), fields.get("mail_user", "").strip()
    to = fields.get("mail_to", "").strip()
    if "@" not in to.strip("@") or any(letter.isspace() for letter in to):
        raise RefusedError("{address!r} is no mail address", address=to)
    _checked(f"https://{server}")
    password = fields.get("mail_password", "")
    parts = {"user": user, "pass": password, "to": to, "from": user if "@" in user else to}
    # apprise takes percent signs away twice.
    twice = {key: value.replace("%", "%25") for key, value in parts.items() if value}
    words = urlencode(twice, quote_via=quote)
    return f"{'mailtos' if user else 'mailto'}://{server}?{words}"
