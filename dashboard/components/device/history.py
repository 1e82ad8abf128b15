"""Alerts and events of a device as lists."""

from collections.abc import Sequence
from html import escape

from alerts.evaluation.closing import closed_by
from core.readings import Event
from core.schema.metric import Metric
from core.schema.profile import Profile
from core.schema.site import Site
from dashboard.components.fleet.badge import badge, icon, state_word
from dashboard.i18n import t, t_data
from dashboard.text import format as fmt
from dashboard.views.device_status import AlertRow


def alerts_list(rows: Sequence[AlertRow], profile: Profile, now: int, site: Site) -> str:
    """Open and ended alerts, newest first."""
    if not rows:
        return f'<p class="sw-hint">{escape(t("device.no_alerts"))}</p>'
    lines = "".join(alert_line(row, profile, now, site) for row in rows)
    return f'<ul class="sw-alerts">{lines}</ul>'


def alert_line(row: AlertRow, profile: Profile, now: int, site: Site) -> str:
    """What, on which part, how far, since when."""
    title = t_data(row.title)
    if row.component:
        title = t("alert.on", title=title, component=row.component)
    sign = badge(row.severity) if row.is_firing else f'<span class="sw-past">{_word(row)}</span>'
    hints = [text for text in (reached(row, profile), *beside_alert(row, now, site)) if text]
    return (
        f'<li class="{"" if row.is_firing else "sw-over"}">{sign}'
        f'<span class="sw-what">{escape(title)}</span>'
        f'<span class="sw-hint">{escape(" · ".join(hints))}</span>'
        f'<span class="sw-since">{escape(_times(row, now, site))}</span></li>'
    )


def beside_alert(row: AlertRow, now: int, site: Site) -> list[str]:
    """Why nobody is told of it, and by whom it was closed."""
    texts = [_end_words(row.end_reason)] if row.end_reason else []
    if row.silenced_until is not None:
        texts.append(t("window.silent", when=fmt.moment(row.silenced_until, now, site)))
    if row.suppressed_by.startswith("window "):
        texts.append(t("window.at_work"))
    elif row.suppressed_by:
        texts.append(t("window.explained", device=fmt.device(row.suppressed_by, site)))
    return texts


def _end_words(end_reason: str) -> str:
    closed = closed_by(end_reason)
    return (
        t_data(end_reason) if closed is None else t("alert.closed_by", who=closed[0], why=closed[1])
    )


def reached(row: AlertRow, profile: Profile) -> str:
    """`9 HU, limit 5 HU`; empty of a state, and of what has no limit."""
    metric = profile.metrics.get(row.metric, Metric(title=row.metric))
    if row.value is None or row.limit is None or metric.kind == "state":
        return ""
    value, limit = fmt.with_unit(row.value, metric), fmt.with_unit(row.limit, metric)
    return t("alert.reached", value=value, limit=limit)


def events_list(events: Sequence[Event], now: int, site: Site) -> str:
    """What the device said, newest first."""
    if not events:
        return f'<p class="sw-hint">{escape(t("device.no_events"))}</p>'
    return f'<ul class="sw-events">{"".join(_event(event, now, site) for event in events)}</ul>'


def _word(row: AlertRow) -> str:
    return icon(row.severity) + escape(state_word(row.severity))


def _times(row: AlertRow, now: int, site: Site) -> str:
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
