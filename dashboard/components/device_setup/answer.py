"""What a device answers now, as its page will show it: values with units and limits, or why there are none."""

from html import escape

import streamlit as st

from core.readings import Reading
from core.schema.profile import Profile
from core.schema.sources.base import SourceEntry
from core.schema.sources.mqtt import MqttSource
from dashboard.components.device.values import limit_text
from dashboard.components.fleet.badge import icon
from dashboard.i18n import t, t_data
from dashboard.queries.device_setup import Probe
from dashboard.text import format as fmt
from dashboard.views.device_status import State
from maintenance.site_file.device_draft import NO_TOPIC

MOST_ROWS, MOST_EVENTS, LONGEST = 60, 5, 200


def show_answer(probe: Probe) -> None:
    """Its parts, the verdict first."""
    answer = probe.answer
    count = len(answer.readings)
    if answer.is_up and not answer.error:
        wait = t("add_device.in_ms", wait=round(answer.response_ms)) if answer.response_ms else ""
        _verdict("ok", f"{t('add_device.answers', count=count)} {wait}")
    elif answer.is_up or count:
        _verdict("warning", t("add_device.answers_partly", count=count), answer.error)
    elif answer.choices and any(_has_no_topic(source) for source in probe.device.sources):
        _verdict("info", t("add_device.choose_topic", count=len(answer.choices)))
    else:
        _verdict("error", t("add_device.silent"), answer.error)
    if answer.readings:
        st.html(_table(answer.readings, probe.device.profile))
    texts = [event.text for event in answer.events][-MOST_EVENTS:]
    if texts:
        lines = "".join(f"<li>{escape(text[:LONGEST])}</li>" for text in texts)
        st.html(f'<ul class="sw-hint" dir="auto">{lines}</ul>')
    if answer.lines:
        text = escape("\n".join(answer.lines))
        st.html(
            f'<p class="sw-hint">{escape(t("add_device.newest_lines"))}</p><pre dir="ltr">{text}</pre>'
        )


def _has_no_topic(source: SourceEntry) -> bool:
    return isinstance(source, MqttSource) and source.topic == NO_TOPIC


def _verdict(state: State, words: str, foreign: str = "") -> None:
    reason = f' <bdi class="sw-hint" lang="en">{escape(foreign)}</bdi>' if foreign else ""
    st.html(f'<p class="sw-{state}-text" role="status">{icon(state)} {escape(words)}{reason}</p>')


def _table(readings: list[Reading], profile: Profile) -> str:
    newest = {(reading.metric, reading.component): reading for reading in readings}
    names = ("value.metric", "value.now", "value.limits")
    head = "".join(f'<th scope="col">{escape(t(name))}</th>' for name in names)
    rows = "".join(_row(reading, profile) for reading in list(newest.values())[:MOST_ROWS])
    return f'<table class="sw-table"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'


def _row(reading: Reading, profile: Profile) -> str:
    metric = profile.metrics[reading.metric]
    rules = profile.limits(reading.metric, reading.component)
    limits = "".join(f"<div>{escape(limit_text(rule, metric))}</div>" for rule in rules)
    is_wrong = any(rule.is_beyond(reading.value) for rule in rules)
    looks = ' class="sw-error-text"' if is_wrong else ""
    part = f' <span class="sw-hint">{escape(reading.component)}</span>' if reading.component else ""
    return (
        f'<tr><th scope="row">{escape(t_data(metric.title))}{part}</th>'
        f"<td{looks}>{escape(fmt.with_unit(reading.value, metric))}</td>"
        f'<td class="sw-limits">{limits}</td></tr>'
    )
