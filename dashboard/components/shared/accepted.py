"""A number beside what is accepted of it: the limits, and in red which it breaks and whose limit that is."""

from html import escape

import streamlit as st

from core.schema.metric import Metric
from dashboard.components.device.values import basis_tip
from dashboard.i18n import t
from dashboard.text import format as fmt
from maintenance.rounds.accepted import Accepted


def limit_hints(rules: Accepted, unit: str) -> list[str]:
    """`accepted: -5 to 5 HU`, and which baseline is not known yet."""
    limits = fmt.limits(rules.low, rules.high, unit)
    hints = [t("rounds.limits", limits=limits)] if limits else []
    return hints + baseline_hints(rules, Metric(title="", unit=unit))


def baseline_hints(rules: Accepted, metric: Metric) -> list[str]:
    """What its tolerance is relative to: the baseline, or how much of it is known yet."""
    hints = [t("round.baseline", value=fmt.with_unit(level, metric)) for level in rules.baselines]
    if rules.unset is not None:
        off = fmt.with_unit(rules.unset.tolerance_pct, Metric(title="", unit="%"))
        known, count = rules.known, rules.unset.baseline_of
        zero = t("rounds.zero_baseline", off=off)
        waits = t("rounds.no_baseline", off=off, known=known, count=count)
        hints.append(zero if known >= count else waits)
    return hints


def warn_outside(text: str, rules: Accepted, value: float) -> None:
    """In red what is wrong with a value, and the source of the limit that it breaks."""
    broken = rules.broken_by(value)
    source = "" if broken is None else f'<span class="sw-hint">{escape(basis_tip(broken))}</span>'
    st.html(f'<p class="sw-out sw-broken sw-error-text">{escape(text)}</p>{source}')
