"""One device on the first page: its state, what is wrong, what it measures. A link as a whole."""

from collections.abc import Mapping
from html import escape

import streamlit as st

from core.schema.site import Site
from dashboard.components.fleet.badge import badge
from dashboard.components.shared.ages import ago
from dashboard.components.shared.alert_card import spark, why_words
from dashboard.components.shared.list_row import hints
from dashboard.i18n import t, t_data
from dashboard.text import format as fmt
from dashboard.views.alert_card import AlertCard
from dashboard.views.device_status import DeviceStatus, Value

MOST_VALUES = 3
MOST_ALERTS = 3


def tile(status: DeviceStatus, now: int, site: Site, cards: Mapping[int, AlertCard]) -> None:
    """Always the same elements in the same order, so that a refresh changes only what changed."""
    device = status.device
    with st.container(key=f"tile-{device.id}"):
        st.html(_top(status, now, site))
        st.page_link(
            "app_pages/device.py",
            label=fmt.plain(device.name),
            query_params={"device": device.id},
        )
        st.html(_body(status, now, site, cards))


def shown_values(status: DeviceStatus) -> list[Value]:
    """At most three: what its alerts are about, then what the profile wants, of each the part that stands worst.

    Of the latter what is wrong comes first, then what has limits. What was never read (an optional
    probe) is left to the device's own page.
    """
    series = {(value.name, value.component): value for value in status.values}
    keys = dict.fromkeys((alert.metric, alert.component) for alert in status.firing)
    alarmed = [series[key] for key in keys if key in series]
    by_name: dict[str, Value] = {}
    for value in status.values:
        if value.metric.tile and _is_worse(value, by_name.get(value.name)):
            by_name[value.name] = value
    names = {value.name for value in alarmed}
    usual = [value for value in by_name.values() if value.name not in names]
    usual.sort(key=lambda value: (value.severity is None, not value.limits))
    return [value for value in [*alarmed, *usual] if value.reading is not None][:MOST_VALUES]


def _is_worse(value: Value, than: Value | None) -> bool:
    if than is None or than.reading is None or value.reading is None:
        return than is None
    if (value.severity is None) != (than.severity is None):
        return value.severity is not None
    is_floor = any(rule.below is not None for rule in value.limits)
    higher = value.reading.value > than.reading.value
    return higher != is_floor


def _top(status: DeviceStatus, now: int, site: Site) -> str:
    never = status.last_seen_at is None
    age = escape(t("tile.never_heard")) if never else ago(status.last_seen_at, now)
    because, edge = "", status.state
    if status.because_of:
        words = t("tile.because_of", device=fmt.device(status.because_of, site))
        because, edge = f'<span class="sw-because">{escape(words)}</span>', "unknown"
    return (
        f'<div class="sw-top sw-edge-{edge}"><span class="sw-mark">{badge(status.state)}{because}</span>'
        f'<span class="sw-age">{age}</span></div>'
    )


def _body(status: DeviceStatus, now: int, site: Site, cards: Mapping[int, AlertCard]) -> str:
    room = status.device.room
    place = f'<p class="sw-room">{escape(room)}</p>' if room != status.device.name else ""
    return place + _wrong(status, now, site, cards) + _values(status)


def _wrong(status: DeviceStatus, now: int, site: Site, cards: Mapping[int, AlertCard]) -> str:
    firing = status.firing
    first_of = {(alert.metric, alert.component): alert.id for alert in reversed(firing)}
    drawn = set(first_of.values())  # the line of one metric once
    lines = [
        f'<li class="sw-{downtime.state}-text">{escape(t("tile.down" if downtime.is_hard else "tile.partial"))}'
        f' <span class="sw-since">{escape(fmt.since(downtime.began_at, now, site))}</span></li>'
        for downtime in status.down[:1]
    ]
    if (work := status.maintenance) is not None:
        until = t("window.until", when=fmt.moment(work.end, now, site))
        lines.append(
            f'<li class="sw-info-text">{escape(until)} <span class="sw-since">{escape(work.by)}</span></li>'
        )
    lines += [
        f'<li class="sw-{"unknown" if alert.explained_by else alert.severity}-text">{escape(t_data(alert.title))}'
        f' <span class="sw-since">{escape(fmt.since(alert.began_at, now, site))}</span>'
        f"{_why(cards.get(alert.id), now, site, is_drawn=alert.id in drawn)}</li>"
        for alert in firing[:MOST_ALERTS]
    ]
    if len(firing) > MOST_ALERTS:
        lines.append(f"<li>{escape(t('tile.more', count=len(firing) - MOST_ALERTS))}</li>")
    return f'<ul class="sw-wrong">{"".join(lines)}</ul>' if lines else ""


def _why(card: AlertCard | None, now: int, site: Site, *, is_drawn: bool) -> str:
    """What was judged and when the limit is reached, with the last days as a line."""
    if card is None:
        return ""
    words = hints(why_words(card, now, site))
    line = spark(card) if is_drawn else ""
    return f'<span class="sw-card sw-card-small">{words}{line}</span>'


def _values(status: DeviceStatus) -> str:
    shown = shown_values(status)
    if not shown:
        text = t("tile.nothing") if status.device.sources else t("tile.no_source")
        return f'<p class="sw-hint">{escape(text)}</p>'
    cells = "".join(_cell(value) for value in shown)
    return f'<dl class="sw-values">{cells}</dl>'


def _cell(value: Value) -> str:
    text, unit = fmt.quantity(value.reading.value, value.metric) if value.reading else ("", "")
    title = t_data(value.metric.title)
    if value.component:
        title = t("value.of", title=title, component=value.component)
    is_now = value.availability == "ok"
    looks = f"sw-{value.severity}-text" if value.severity and is_now else f"sw-{value.availability}"
    return (
        f'<div><dt>{escape(title)}</dt><dd class="{looks}">{escape(text or fmt.ABSENT)}'
        f'<span class="sw-unit">{escape(unit)}</span></dd>'
        f'<dd class="sw-hint">{escape(_hint(value))}</dd></div>'
    )


def _hint(value: Value) -> str:
    """Where it begins to be wrong; or that it is not known now."""
    if value.availability != "ok":
        return t("value.silent") if value.availability == "unknown" else t("value.unavailable")
    if value.metric.kind == "state":
        return ""
    highs = [rule.above for rule in value.limits if rule.above is not None]
    lows = [rule.below for rule in value.limits if rule.below is not None]
    high = fmt.quantity(min(highs), value.metric)[0] if highs else None
    low = fmt.quantity(max(lows), value.metric)[0] if lows else None
    if high and low:
        return t("tile.between", low=low, high=high)
    if high:
        return t("tile.at_most", value=high)
    return t("tile.at_least", value=low) if low else ""
