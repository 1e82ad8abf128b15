"""Alerts and events of a device as lists."""

from collections.abc import Sequence
from html import escape

from alerts.evaluation.closing import closed_by
from core.readings import Event
from core.schema.metric import Metric
from core.schema.profile import Profile
from core.schema.site import Site
from dashboard.components.fleet.badge import badge, icon, state_word
from dashboard.components.shared.list_row import hints
from dashboard.i18n import t, t_data
from dashboard.text import format as fmt
from dashboard.views.device_status import AlertRow, Value


def alerts_list(rows: Sequence[AlertRow], profile: Profile, now: int, site: Site) -> str:
    """Open and ended alerts, newest first."""
    if not rows:
        return f'<p class="sw-hint">{escape(t("device.no_alerts"))}</p>'
    lines = "".join(alert_line(row, profile, now, site) for row in rows)
    return f'<ul class="sw-alerts">{lines}</ul>'


def alert_line(
    row: AlertRow, profile: Profile | None, now: int, site: Site, newest: Value | None = None
) -> str:
    """What, on which part, how far then and now, since when; `newest` is what its metric is now.

    Without a profile its numbers are left to the card below it.
    """
    sign = badge(row.severity) if row.is_firing else f'<span class="sw-past">{_word(row)}</span>'
    numbers = [] if profile is None else [*reached(row, profile), *_newest(row, newest)]
    beside = [*numbers, *beside_alert(row, now, site)]
    return (
        f'<li class="{"" if row.is_firing else "sw-over"}">{sign}'
        f'<span class="sw-what">{escape(alert_title(row))}</span>'
        f"{hints(beside)}"
        f'<span class="sw-since">{escape(alert_times(row, now, site))}</span></li>'
    )


def alert_title(row: AlertRow) -> str:
    """What is wrong, and on which part."""
    title = t_data(row.title)
    return t("alert.on", title=title, component=row.component) if row.component else title


def beside_alert(row: AlertRow, now: int, site: Site) -> list[str]:
    """Whether anybody can tell, that it is right again, why nobody is told, and why it ended."""
    texts = [_end_words(row.end_reason)] if row.end_reason else []
    if row.unknown_since is not None:
        texts.append(t("alert.unknown", when=fmt.moment(row.unknown_since, now, site)))
    elif row.is_clearing and row.cleared_at is not None:
        texts.append(t("alert.clearing", when=fmt.moment(row.cleared_at, now, site)))
        if row.watched_for:
            texts.append(t("alert.watched", span=fmt.span(row.watched_for)))
    if row.silenced_until is not None:
        texts.append(t("window.silent", when=fmt.moment(row.silenced_until, now, site)))
    if row.window_of and row.window_of != row.device:
        texts.append(t("window.above", device=fmt.device(row.window_of, site)))
    elif row.window_of:
        texts.append(t("window.at_work"))
    elif row.explained_by:
        texts.append(t("window.explained", device=fmt.device(row.explained_by, site)))
    return texts


def _end_words(end_reason: str) -> str:
    closed = closed_by(end_reason)
    return (
        t_data(end_reason) if closed is None else t("alert.closed_by", who=closed[0], why=closed[1])
    )


def reached(row: AlertRow, profile: Profile) -> list[str]:
    """The value that made it fire with its limit, and the worst since."""
    metric = profile.metrics.get(row.metric, Metric(title=row.metric))
    first = row.value if row.fired_value is None else row.fired_value
    if first is None or row.limit is None or metric.kind == "state":
        return []
    limit = fmt.with_unit(row.limit, metric)
    if row.value is None or fmt.with_unit(first, metric) == fmt.with_unit(row.value, metric):
        return [t("alert.reached", value=fmt.with_unit(first, metric), limit=limit)]
    worst = fmt.with_unit(row.value, metric)
    return [
        t("alert.fired", value=fmt.with_unit(first, metric), limit=limit),
        t("alert.worst", value=worst),
    ]


def events_list(events: Sequence[Event], now: int, site: Site) -> str:
    """What the device said, newest first."""
    if not events:
        return f'<p class="sw-hint">{escape(t("device.no_events"))}</p>'
    return f'<ul class="sw-events">{"".join(_event(event, now, site) for event in events)}</ul>'


def _word(row: AlertRow) -> str:
    return icon(row.severity) + escape(state_word(row.severity))


def _newest(row: AlertRow, newest: Value | None) -> list[str]:
    """The value now; nothing where it is not known now, for the line says so itself."""
    if newest is None or newest.reading is None or row.unknown_since is not None:
        return []
    if newest.availability != "ok":
        return [t("value.silent")]
    return [t("alert.now", value=fmt.with_unit(newest.reading.value, newest.metric))]


def alert_times(row: AlertRow, now: int, site: Site) -> str:
    """Since when, or from when for how long; and who takes care of it."""
    when = fmt.moment(row.began_at, now, site)
    if row.ended_at is not None:
        return t("alert.ended", when=when, span=fmt.span(row.ended_at - row.began_at))
    if row.state == "pending":
        return t("alert.pending", when=when)
    if row.acknowledged_at is not None:
        span = fmt.rough_span(now - row.began_at)
        return t("alert.since_seen", when=when, span=span, who=row.acknowledged_by)
    return t("alert.since", when=when, span=fmt.rough_span(now - row.began_at))


def _event(event: Event, now: int, site: Site) -> str:
    code = f' <span class="sw-part">{escape(event.code)}</span>' if event.code else ""
    part = f' <span class="sw-part">{escape(event.component)}</span>' if event.component else ""
    when, exact = fmt.moment(event.at, now, site), fmt.exact(event.at, site)
    return (
        f'<li><span class="sw-when" title="{escape(exact)}">{escape(when)}</span>'
        f'<span class="sw-{event.severity}-text" title="{escape(state_word(event.severity))}">'
        f"{icon(event.severity)}</span>"
        f'<span class="sw-what">{escape(t_data(event.text))}{code}{part}</span></li>'
    )
