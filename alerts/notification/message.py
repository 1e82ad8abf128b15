"""What a notification says: an alert with what its detector saw, or a report's headlines."""

from zoneinfo import ZoneInfo

from alerts.channels import Notification
from core.schema.profile import Profile
from core.schema.site import Site
from core.text import times
from core.text.evidence_words import CARRIERS, busy_week, sentences
from core.text.numbers import PLAIN, general
from core.time.clock import DAY, from_ms
from storage.records import Alert, Delivery, MadeReport, Transition, Verdict

SENSORS = {
    "stuck": "The sensor stands still{at}",
    "absent": "The sensor is silent{last}",
    "impossible": "The sensor shows what cannot be true{last}",
}


def compose(
    site: Site,
    delivery: Delivery,
    transition: Transition,
    alert: Alert,
    verdict: Verdict | None = None,
) -> Notification:
    """Where and what, since when, and the number or the verdict that made the alert."""
    device = site.devices.get(alert.device)
    name = f"{device.name} ({device.room})" if device and device.room else alert.device
    part = f" {alert.component}" if alert.component else ""
    ended = transition.after == "ok"
    title = f"{'Over' if ended else alert.severity.capitalize()}: {name}{part}: {alert.title}"
    lines = [f"Since {_local_time(alert.began_at, site.zone)}"]
    if ended:
        lines.append(f"Over after {times.duration(transition.at - alert.began_at)}")
    metric = device.profile.metrics.get(alert.metric) if device else None
    if verdict is not None:
        profile = device.profile if device else None
        lines += explain(verdict, metric.unit if metric else "", site.zone, profile)
    elif transition.value is not None:
        unit = metric.unit if metric else ""
        value = PLAIN.with_unit(general(transition.value), unit)
        limit = f", limit {PLAIN.with_unit(general(alert.limit), unit)}"
        lines.append(f"{alert.metric}: {value}{'' if alert.limit is None else limit}")
    lines.append(f"Alert {alert.id}, delivery {delivery.id}")
    return Notification(delivery.id, alert.severity, ended, title, "\n".join(lines))


def compose_report(site: Site, delivery: Delivery, made: MadeReport) -> Notification:
    """A report's headlines, with its files; a file that somebody has removed is named in the text."""
    paths = tuple(site.reports_path / name for name in made.files)
    missing = [path.name for path in paths if not path.exists()]
    text = "\n".join([made.text, *(f"{name} is gone" for name in missing)])
    files = tuple(path for path in paths if path.exists())
    return Notification(
        delivery.id, "info", resolved=False, title=made.title, body=text, files=files
    )


def explain(
    verdict: Verdict, unit: str, zone: ZoneInfo, profile: Profile | None = None
) -> list[str]:
    """A detector's verdict in a few lines: expected against actual, since when, and until when.

    `unit` is the metric's, `profile` the device's. A value that lies within its band is shown without
    it: what moved is something else, and is said. No lines if the detector only learns.
    """
    lines = []
    if verdict.kind in SENSORS:
        value = "" if verdict.value is None else _number(verdict.value, unit)
        at, last = (f" at {value}", f", its last value was {value}") if value else ("", "")
        lines.append(SENSORS[verdict.kind].format(at=at, last=last))
    if verdict.reason:
        lines.append(f"Why: {verdict.reason}")
    lines += sentences(verdict.evidence, lambda value: _number(value, unit, 4))
    if verdict.value is not None and verdict.expected is not None:
        expected = f"expected {_number(verdict.expected, unit)}"
        if verdict.low is not None and verdict.high is not None and verdict.shows_in_its_value:
            expected += f" ({general(verdict.low, 4)} to {general(verdict.high, 4)})"
        lines.append(f"Was {_number(verdict.value, unit)}, {expected}")
    if verdict.since is not None:
        lines.append(f"It began about {times.iso_date(verdict.since, zone)}")
    if verdict.carriers:
        names = (_carrier(name, profile) for name in verdict.carriers)
        lines.append(f"Seen in: {', '.join(names)}")
    if verdict.limit is not None:
        limit = PLAIN.with_unit(general(verdict.limit), unit)
        if verdict.limit_at is not None:
            lines.append(_forecast(verdict, verdict.limit_at, limit))
        weeks = busy_week(verdict.evidence, limit, lambda at: _days(verdict, at))
        lines += [weeks] if weeks else []
    return lines


def _forecast(verdict: Verdict, limit_at: int, limit: str) -> str:
    """`Reaches 60 % in 23 days, between 17 and 34`: 8 times in 10 it is between the two."""
    text = f"Reaches {limit} in {_days(verdict, limit_at)} days"
    if verdict.limit_at_low is None:
        return text
    low = _days(verdict, verdict.limit_at_low)
    if verdict.limit_at_high is None:
        return f"{text}, not before {low}, perhaps never"
    return f"{text}, between {low} and {_days(verdict, verdict.limit_at_high)}"


def _days(verdict: Verdict, at: float) -> int:
    return max(round((at - verdict.at) / DAY), 0)


def _carrier(name: str, profile: Profile | None) -> str:
    """A statistic in words, or the title of a metric."""
    metric = profile.metrics.get(name) if profile else None
    return CARRIERS.get(name, metric.title if metric else name)


def _number(value: float, unit: str, digits: int = 5) -> str:
    return PLAIN.with_unit(general(value, digits), unit)


def _local_time(at: int, zone: ZoneInfo) -> str:
    return f"{times.timestamp(at, zone)} {from_ms(at, zone):%Z}"
