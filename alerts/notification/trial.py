"""A test message: clearly one, so that nobody runs to a scanner."""

from alerts.channels import Notification
from core.schema.site import Site

_WORDS = {
    "en": (
        "Scanward at {site}: a test",
        "Nothing is wrong. Somebody tries whether messages arrive.",
    ),
    "fa": ("Scanward در {site}: آزمایش", "هیچ مشکلی نیست. کسی می‌آزماید که آیا پیام‌ها می‌رسند."),
}


def trial(site: Site) -> Notification:
    """The message, in the site's language. It belongs to no delivery."""
    title, body = _WORDS[site.file.language]
    return Notification(
        0, "info", resolved=False, title=title.format(site=site.file.name), body=body
    )
