"""Why an alert fired, on every page that shows it: in a few words of a line, or as a card with its past."""

from collections.abc import Iterator
from html import escape
from urllib.parse import quote

import streamlit as st

from core.schema.site import Site
from dashboard.components.device.history import alert_line
from dashboard.components.device.values import basis_tip
from dashboard.components.shared.list_row import hints
from dashboard.i18n import t, translate
from dashboard.text import format as fmt
from dashboard.views.alert_card import AlertCard, outlook, why
from dashboard.views.curves import runs_of

WIDTH, HEIGHT = 120, 32
LINE, LIMIT, FIRED = "#4f7f96", "#c06a1e", "#c23b52"  # seen on white and on black


def why_words(card: AlertCard, now: int, site: Site) -> list[str]:
    """For a line: what was judged, and when the limit is reached."""
    phrases = [*why(card, now, site)[:1], *outlook(card, now, site)[:1]]
    return [translate(phrase) for phrase in phrases]


def linked_card(card: AlertCard, now: int, site: Site) -> None:
    """The card on a page of work, with its alert's line and the way to the chart of that time."""
    row = card.row
    with st.container(key=f"alert-{row.id}"):
        line = alert_line(row, None, now, site)
        st.html(f'<ul class="sw-alerts">{line}</ul>{alert_card(card, now, site)}')
        if row.device in site.devices:
            chart_link(card)


def chart_link(card: AlertCard) -> None:
    """The jump to the metric's chart, over a range that shows where it began."""
    st.page_link(
        "app_pages/device.py", label=t("card.chart"), icon=":material/show_chart:",
        query_params={"device": card.row.device, "metric": card.row.metric, "span": card.span},
    )  # fmt: skip


def alert_card(card: AlertCard, now: int, site: Site) -> str:
    """HTML: why, until when, then and now, since when, by whose limit; and its past as a small line."""
    first, *others = [translate(phrase) for phrase in why(card, now, site)] or [t("card.no_value")]
    soon = [translate(phrase) for phrase in outlook(card, now, site)]
    ahead = "".join(f'<p class="sw-card-soon">{escape(text)}</p>' for text in soon)
    beside = f'<p class="sw-hint">{hints(others)}</p>' if others else ""
    times = hints([*_times(card, now, site)])
    basis = "" if card.rule is None else escape(basis_tip(card.rule))
    return (
        f'<div class="sw-card"><div class="sw-card-words"><p class="sw-card-first">{escape(first)}</p>'
        f"{ahead}{beside}<p>{times}</p>"
        f'<p class="sw-hint sw-card-basis">{basis}</p></div>{spark(card)}</div>'
    )


def spark(card: AlertCard) -> str:
    """The line as an image, and in words for who hears the page.

    Streamlit lets no drawing through that stands in the page itself, nor an `alt` with signs of markup.
    """
    if not card.is_drawn:
        return ""
    image = quote(spark_svg(card), safe="")
    points = card.facts.curve.points
    low = fmt.with_unit(min(point.low for point in points), card.metric)
    high = fmt.with_unit(max(point.high for point in points), card.metric)
    span = fmt.rough_span(card.facts.end - card.facts.start)
    alt = t("card.spark", span=span, low=low, high=high)
    return (
        f'<img class="sw-spark" width="{WIDTH}" height="{HEIGHT}" alt=""'
        f' title="{escape(alt)}" src="data:image/svg+xml,{image}">'
        f'<span class="sw-spoken">{escape(alt)}</span>'
    )


def spark_svg(card: AlertCard) -> str:
    """Its value over the last time, with the limit and the moment at which it fired; a gap is a gap."""
    return "".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}"'
            f' width="{WIDTH}" height="{HEIGHT}" role="img">',
            *_strokes(card),
            "</svg>",
        ]
    )


def _strokes(card: AlertCard) -> Iterator[str]:
    facts, reason = card.facts, card.reason
    means = [point.mean for point in facts.curve.points]
    low, high = min(means), max(means)
    is_near = reason.judged == "value" and reason.limit is not None
    limit = reason.limit if is_near else None
    if limit is not None and low - 2 * (high - low) <= limit <= high + 2 * (high - low):
        low, high = min(low, limit), max(high, limit)
    else:
        limit = None

    def x(at: int) -> str:
        share = min(max((at - facts.start) / (facts.end - facts.start), 0), 1)
        return f"{2 + share * (WIDTH - 4):.1f}"

    def y(value: float) -> str:
        share = (value - low) / (high - low) if high > low else 0.5
        return f"{HEIGHT - 3 - share * (HEIGHT - 6):.1f}"

    if limit is not None:
        yield f'<path d="M0 {y(limit)}H{WIDTH}" stroke="{LIMIT}" stroke-dasharray="3 2" fill="none"/>'
    if card.row.fired_at is not None and facts.start <= card.row.fired_at <= facts.end:
        yield f'<path d="M{x(card.row.fired_at)} 0V{HEIGHT}" stroke="{FIRED}" stroke-width="1" fill="none"/>'
    for run in runs_of(facts.curve):
        line = " ".join(f"{x(point.at)},{y(point.mean)}" for point in run)
        if len(run) == 1:
            yield f'<circle cx="{x(run[0].at)}" cy="{y(run[0].mean)}" r="1.5" fill="{LINE}"/>'
        else:
            yield f'<polyline points="{line}" stroke="{LINE}" stroke-width="1.5" fill="none"/>'


def _times(card: AlertCard, now: int, site: Site) -> Iterator[str]:
    """The value when it fired, the worst, the value now, each with its time."""
    row, metric = card.row, card.metric
    fired_at = row.began_at if row.fired_at is None else row.fired_at
    when = fmt.moment(fired_at, now, site)
    first = card.first_value
    if first is None:
        yield t("card.fired_at", when=when)
    else:
        yield t("card.fired", value=fmt.with_unit(first, metric), when=when)
    if first is not None and row.value is not None and row.value != first:
        yield t("alert.worst", value=fmt.with_unit(row.value, metric))
    if row.ended_at is not None:
        yield t("card.ended", when=fmt.moment(row.ended_at, now, site))
    elif row.unknown_since is None and card.reason.judged not in ("silence", "count"):
        yield _newest(card, now, site)


def _newest(card: AlertCard, now: int, site: Site) -> str:
    """The value now, or the last one that is known."""
    if card.newest is None:
        return t("card.now_unknown")
    value = fmt.with_unit(card.newest.value, card.metric)
    when = fmt.moment(card.newest.at, now, site)
    return t("card.now" if card.is_fresh else "card.last", value=value, when=when)
