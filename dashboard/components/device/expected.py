"""Expected and actual: what each detector of a device says, why, and whether it was right."""

from html import escape

import streamlit as st

from alerts.evaluation.feedback import give_feedback
from alerts.evaluation.reason import reason_of
from alerts.evaluation.reason_words import reason_sentences
from core.errors import StoreError
from core.schema.metric import Metric
from core.schema.site import Device, Site
from core.text.evidence_words import busy_week
from core.time.clock import DAY
from dashboard import forms, i18n
from dashboard.components.device.expected_chart import expected_chart
from dashboard.components.device.history import alert_line
from dashboard.components.fleet.badge import icon
from dashboard.i18n import t, t_data, translate
from dashboard.queries import detectors as detector_queries
from dashboard.queries import stores
from dashboard.text import format as fmt
from dashboard.views import detector_status
from dashboard.views.alert_card import number_writer
from dashboard.views.detector_status import DetectorStatus, State, VerdictRow
from dashboard.views.device_status import AlertRow
from dashboard.views.device_status import State as Badge

MOST_ALERTS = 5  # of a detector that ask for feedback

# How a state looks, and its word.
_LOOKS: dict[State, tuple[Badge, str]] = {
    "normal": ("ok", "detector.normal"),
    "anomaly": ("warning", "detector.anomaly"),
    "step": ("warning", "detector.step"),
    "learning": ("info", "detector.learning"),
    "cannot_judge": ("unknown", "detector.cannot_judge"),
    "stuck": ("unknown", "detector.stuck"),
    "absent": ("unknown", "detector.absent"),
    "impossible": ("unknown", "detector.impossible"),
    "unfit": ("unknown", "detector.unfit"),
    "late": ("unknown", "detector.late"),
    "none": ("unknown", "detector.none"),
}
# What a state means for whoever relies on it.
_MEANS: dict[State, str] = {
    "step": "detector.step_means",
    "learning": "detector.learning_means",
    "unfit": "detector.unfit_means",
    "late": "detector.late_means",
    "cannot_judge": "detector.cannot_judge_means",
    "stuck": "detector.sensor_means",
    "absent": "detector.sensor_means",
    "impossible": "detector.sensor_means",
}
_OPINIONS = {"true": "answer.right", "false": "answer.wrong", "unknown": "answer.unknown"}
# Of a step of the level: that the alert was wrong means that the step is sound.
_CAUSES = {"true": "answer.broke", "false": "answer.sound", "unknown": "answer.unknown"}


def expected_and_actual(device: Device, start: int, end: int, now: int) -> None:
    """The section of a device's page; nothing if no detector of the device ever gave a verdict."""
    start = min(start, end - detector_status.SHORTEST)
    statuses = detector_queries.statuses(device.id, start, end)
    if not statuses:
        return
    st.html(f"<h2>{escape(t('detector.title'))}</h2>")
    with st.container(key="expected"):
        for status in statuses:
            name = f"{device.id}-{status.settings.id}-{status.component}"
            with st.container(key=f"chart-detector-{name}"):
                _detector(device, status, start, end, now)


def _detector(device: Device, status: DetectorStatus, start: int, end: int, now: int) -> None:
    site = stores.site()
    metric = device.profile.metrics[status.settings.metric]
    st.html(_caption(status, metric, device, now, site))
    expected_chart(device.id, status, metric, start, end)
    fired = [alert for alert in status.alerts if alert.fired_at is not None][:MOST_ALERTS]
    for alert in fired:
        _feedback_buttons(alert, device, now, site)


def _caption(status: DetectorStatus, metric: Metric, device: Device, now: int, site: Site) -> str:
    state = status.state(now)
    looks, word = _LOOKS[state]
    title = t_data(metric.title)
    if status.component:
        title = t("alert.on", title=title, component=status.component)
    sign = f'<span class="sw-badge sw-{looks}">{icon(looks)}{escape(t(word))}</span>'
    lines = [t(_MEANS[state])] if state in _MEANS else []
    if status.newest is not None:
        lines += _reasons(status.newest, metric, device, now, site)
    if status.right + status.wrong:
        lines.append(t("detector.trust", right=status.right, count=status.right + status.wrong))
    soon = _forecasts(status.newest, metric, now) if status.newest is not None else []
    first = "".join(f"<li><b>{escape(line)}</b></li>" for line in soon)
    reasons = "".join(f"<li>{escape(line)}</li>" for line in lines)
    return (
        f'<div class="sw-caption"><h3>{escape(title)}</h3>{sign}</div>'
        f'<ul class="sw-why">{first}{reasons}</ul>'
    )


def _reasons(row: VerdictRow, metric: Metric, device: Device, now: int, site: Site) -> list[str]:
    """The lines that explain a verdict: expected and actual, since when, carried by what."""
    reason = reason_of(row)
    write = number_writer(metric, device.profile, now, site)
    lines = [translate(phrase) for phrase in reason_sentences(reason, write)]
    if row.since is not None:
        when = fmt.moment(row.since, now, site)
        lines.append(t("detector.since", when=when, span=fmt.rough_span(now - row.since)))
    is_named = not reason.is_out and not row.evidence  # among what is out
    if row.carriers and row.kind in ("anomaly", "unfit") and not is_named:
        names = ", ".join(map(write.name, row.carriers))
        lines.append(t("detector.carried", names=names))
    return lines


def _forecasts(row: VerdictRow, metric: Metric, now: int) -> list[str]:
    """When the limit will be reached, and what a busy week does before a usual one."""
    if row.limit is None:
        return []
    limit = fmt.with_unit(row.limit, metric)
    weeks = busy_week(row.evidence, limit, lambda at: _days(at, now))
    lines = [_forecast(row, metric, now), translate(weeks) if weeks else ""]
    return [line for line in lines if line]


def _forecast(row: VerdictRow, metric: Metric, now: int) -> str:
    """When the limit will be reached; empty if nobody can tell."""
    if row.limit is None or row.limit_at is None:
        return ""
    limit, days = fmt.with_unit(row.limit, metric), _days(row.limit_at, now)
    if row.limit_at_low is None:
        return t("forecast.plain", limit=limit, days=days)
    low = _days(row.limit_at_low, now)
    if row.limit_at_high is None:
        return t("forecast.open", limit=limit, days=days, low=low)
    return t("forecast.within", limit=limit, days=days, low=low, high=_days(row.limit_at_high, now))


def _days(at: float, now: int) -> int:
    return max(round((at - now) / DAY), 0)


def _feedback_buttons(alert: AlertRow, device: Device, now: int, site: Site) -> None:
    """The alert, and three buttons; the one that was pressed stays pressed, by whomever."""
    line = alert_line(alert, device.profile, now, site)
    is_step = any(rule.id == alert.rule and rule.watches_steps for rule in device.profile.rules)
    question, opinions = ("answer.cause", _CAUSES) if is_step else ("answer.question", _OPINIONS)
    st.html(f'<ul class="sw-alerts sw-asked">{line}</ul>')
    key = f"answer-{alert.id}"
    st.session_state[key] = alert.opinion or None
    with st.container(key=f"ask-{alert.id}", horizontal=True, vertical_alignment="center"):
        st.html(f'<span class="sw-hint">{escape(t(question))}</span>', width="content")
        st.segmented_control(
            t(question),
            list(opinions),
            format_func=lambda opinion: t(opinions[opinion]),
            key=key,
            on_change=i18n.kept(_give_feedback),
            args=(alert.id, key),
            label_visibility="collapsed",
        )


def _give_feedback(alert_id: int, key: str) -> None:
    opinion = st.session_state[key]
    if opinion is None:
        return  # pressing the pressed one takes nothing back
    try:
        with forms.writing() as tx:
            give_feedback(tx, alert_id, opinion)
    except StoreError as error:
        st.toast(fmt.plain(t("answer.lost", error=error)), icon=":material/error:")
