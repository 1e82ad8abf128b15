"""What a notification is made of: where and what, the numbers, and lines that fit the channel."""

from collections.abc import Sequence
from typing import NamedTuple

from alerts.channels import Notification
from alerts.notification.language import MessageWords, clipped, named
from core.schema.metric import Metric
from core.schema.site import Site
from storage.records import Alert, Delivery, MadeReport

LONGEST_TITLE = 300  # signs


class MessageLine(NamedTuple):
    """A line, and how soon it is left out where a channel takes little: the highest number first."""

    rank: int
    text: str


# What a message cannot do without: the value, and what to do.
ESSENTIAL = 0


def headline(words: MessageWords, site: Site, alert: Alert) -> str:
    """Where and what, in one line."""
    name = place(words, site, alert.device)
    title = words.data(alert.title)
    if not alert.component:
        return words.text("headline.device", device=name, title=title)
    component = words.name(alert.component)
    return words.text("headline.component", device=name, component=component, title=title)


def place(words: MessageWords, site: Site, device_id: str) -> str:
    """A device with its room, if it has one."""
    device = site.devices.get(device_id)
    if device is None or not device.room:
        return words.name(device_id)
    room = named(device.room)
    return words.whole(words.text("headline.in_room", device=named(device.name), room=room))


def metric_of(site: Site, alert: Alert) -> Metric:
    """The metric that the alert is about; a bare one if it or its device is gone."""
    device = site.devices.get(alert.device)
    metric = device.profile.metrics.get(alert.metric) if device else None
    return metric or Metric(title=alert.metric)


def fitted(title: str, lines: Sequence[MessageLine], longest: int) -> tuple[str, str]:
    """Title and body in so many signs together: what matters least is left out, the rest is cut."""
    title = clipped(title, min(longest, LONGEST_TITLE))
    space = longest - len(title) - 1
    kept = list(lines)
    while kept and _length(kept) > space and max(line.rank for line in kept) > ESSENTIAL:
        least = max(line.rank for line in kept)
        last = max(index for index, line in enumerate(kept) if line.rank == least)
        del kept[last]
    body = "\n".join(line.text for line in kept)
    return title, clipped(body, space) if space > 0 else ""


def _length(lines: Sequence[MessageLine]) -> int:
    return sum(len(line.text) + 1 for line in lines) - 1


def compose_report(
    site: Site, delivery: Delivery, made: MadeReport, words: MessageWords
) -> Notification:
    """A report's headlines, with its files; a file that somebody has removed is named in the text."""
    paths = tuple(site.reports_path / name for name in made.files)
    missing = [path.name for path in paths if not path.exists()]
    gone = (words.text("report.gone", file=words.name(name)) for name in missing)
    files = tuple(path for path in paths if path.exists())
    return Notification(
        delivery.id,
        "info",
        resolved=False,
        title=made.title,
        body="\n".join([made.text, *gone]),
        files=files,
    )
