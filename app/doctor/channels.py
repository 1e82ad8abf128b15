"""Who is told: can each channel be reached, and, if asked, does a message arrive?"""

from concurrent.futures import ThreadPoolExecutor

from alerts.channels import Notification, senders
from alerts.channels.apprise_reach import reach
from core.finding import Finding, Findings
from core.schema.channels import AppriseChannel, Channel
from core.schema.site import Site


def check_channels(site: Site, *, tell: bool) -> list[Finding]:
    """Each channel, side by side. With `tell` a test message goes through each."""
    with ThreadPoolExecutor(max(len(site.file.channels), 1)) as pool:
        found = pool.map(lambda channel: _check(site, channel, tell=tell), site.file.channels)
        unrouted = _unrouted(site)
        return [finding for part in found for finding in part] + unrouted


def _check(site: Site, channel: Channel, *, tell: bool) -> list[Finding]:
    found = Findings(f"channel {channel.id}")
    with found.failing():
        text = "writes to the log"
        if isinstance(channel, AppriseChannel):
            text = reach(channel.url.reveal())
        if tell:
            only = site.file.model_copy(update={"channels": [channel]})
            sender = senders(Site(only, site.devices))[channel.id]
            title = f"Scanward at {site.file.name}: a test"
            body = "Nothing is wrong. This was asked for."
            sender.send(Notification(0, "info", resolved=False, title=title, body=body))
            text = "took a test message; has it arrived?"
        found.ok(text)
    return found


def _unrouted(site: Site) -> list[Finding]:
    """A critical alert that only the log hears of reaches nobody at night."""
    heard = {
        channel
        for route in site.file.routes
        if "critical" in route.severities
        for channel in route.channels
    }
    people = [one.id for one in site.file.channels if isinstance(one, AppriseChannel)]
    found = Findings("routes")
    if not heard & set(people):
        found.warn(
            "a critical alert reaches nobody but the log: add an `apprise` channel and a route"
        )
    return found
