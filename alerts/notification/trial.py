"""A test message: clearly one, so that nobody runs to a scanner."""

from alerts.channels import Notification
from alerts.notification.language import WORDS, reader_language
from core.schema.site import Site
from core.text.catalogue import Catalogue


def trial(site: Site, channel: str) -> Notification:
    """The message, in the language of whose channel it is. It belongs to no delivery."""
    text = Catalogue(WORDS, reader_language(site, channel)).text
    return Notification(
        0, "info", resolved=False,
        title=text("trial.title", site=site.file.name), body=text("trial.body"),
    )  # fmt: skip
