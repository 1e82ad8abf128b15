"""What the page of settings asks: the changes of the site file, and whether a channel works."""

from collections.abc import Sequence

from alerts.channels import sender
from alerts.notification.trial import trial
from core.errors import DeliveryError, RefusedError
from core.schema.strict_model import did_you_mean
from dashboard.i18n import t
from dashboard.queries import identity, stores
from storage.records import SiteChange
from storage.records.site_changes import site_changes
from storage.records.transaction import refusal

MOST_SHOWN = 30


def changes() -> Sequence[SiteChange]:
    """The newest first."""
    with stores.records().reading() as db:
        return site_changes(db, MOST_SHOWN)


def try_channel(name: str) -> str:
    """Send a test message, and say in words what came of it. RefusedError for who may not."""
    if not identity.may("change the site file"):
        raise refusal("change the site file")
    site = stores.site()
    channels = {channel.id: channel for channel in site.file.channels}
    if name not in channels:
        hint = did_you_mean(name, channels)
        raise RefusedError("there is no channel {channel!r}{hint}", channel=name, hint=hint)
    way = sender(site, channels[name])
    try:
        standing = way.check()
        way.send(trial(site, name))
    except DeliveryError as error:
        return t("settings.test_failed", why=str(error))
    return t("settings.test_left", how=standing)
