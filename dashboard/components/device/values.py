"""What a device measures now, with limits, age and quality; and where the limits come from."""

from collections.abc import Iterable
from html import escape

from core.schema.metric import Metric
from core.schema.profile import Profile
from core.schema.rules.base import Rule, Wording
from core.schema.rules.limit import LimitRule
from core.schema.site import Site
from dashboard.components.fleet.badge import icon, state_word
from dashboard.components.shared.ages import ago
from dashboard.i18n import t, t_data
from dashboard.text import format as fmt
from dashboard.views.device_status import ORDER, DeviceStatus, Value, in_order
from dashboard.views.dicom_values import DICOM, place

# A metric of more components than this shares one row: the lines of the mains, if they have the same
# limits, and the ports of a switch.
ALIKE, MOST_ROWS = 2, 4

_BASES = {
    "maker": "basis.maker",
    "published": "basis.published",
    "engineering": "basis.engineering",
}
_TIPS = {
    "maker": "basis.maker_tip",
    "published": "basis.published_tip",
    "engineering": "basis.engineering_source_tip",
}


def values_table(status: DeviceStatus, now: int, site: Site) -> str:
    """One row a metric and component, what is wrong first; on a phone each row becomes a card."""
    present = [value for value in status.values if value.reading is not None]
    present.sort(key=_urgency)
    if not present:
        return f'<p class="sw-hint">{escape(t("value.none"))}</p>'
    names = ("value.metric", "value.now", "value.limits", "value.age")
    head = "".join(f'<th scope="col">{escape(t(name))}</th>' for name in names)
    by_dicom = [value for value in present if value.component == DICOM]
    by_dicom.sort(key=lambda value: place(value.name))
    rows = _rows([value for value in present if value.component != DICOM], now, site)
    if by_dicom:
        title = escape(t("value.by_dicom"))
        rows += f'<tr class="sw-group"><th scope="rowgroup" colspan="4">{title}</th></tr>'
        rows += _rows(by_dicom, now, site)
    return (
        f'<table class="sw-table"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'
        f"{_without_reading(status.values)}"
    )


def _urgency(value: Value) -> int:
    """Rank of a value among the others, the worst first; all that is right keeps its order."""
    return ORDER.index(value.severity or "ok")


def rule_list(profile: Profile) -> str:
    """Every rule of the device, folded up, with its basis and source, which a tooltip abridges."""
    lines = "".join(
        f"<li>{escape(_entry(rule, profile))}<br>"
        f'<span class="sw-hint">{escape(basis_tip(rule))}</span></li>'
        for rule in profile.rules
    )
    title = escape(t("limit.title"))
    return f'<details class="sw-sources"><summary>{title}</summary><ul>{lines}</ul></details>'


def limit_text(rule: LimitRule, metric: Metric) -> str:
    """`above 55 °C`; of a state the words that are wrong: `low, depleted`."""
    return _sentence(rule.wording_on(metric))


def basis_tip(rule: Rule) -> str:
    """Whose limit it is: the maker's, a publication's, or ours."""
    if rule.basis == "engineering" and not rule.source:
        return t("basis.engineering_tip")
    return t(_TIPS[rule.basis], source=rule.source)


def _rows(values: Iterable[Value], now: int, site: Site) -> str:
    by_name: dict[str, list[Value]] = {}
    for value in values:
        by_name.setdefault(value.name, []).append(value)
    return "".join(
        _many(of_a_metric, now, site)
        if _share_a_row(of_a_metric)
        else "".join(_row(value, now, site) for value in of_a_metric)
        for of_a_metric in by_name.values()
    )


def _share_a_row(values: list[Value]) -> bool:
    is_alike = all(value.limits == values[0].limits for value in values)
    return len(values) > (ALIKE if is_alike else MOST_ROWS)


def _many(values: list[Value], now: int, site: Site) -> str:
    """All components in one row; its age is that of the oldest."""
    values = sorted(values, key=lambda value: in_order(value.component))
    oldest = min(values, key=lambda value: value.reading.at if value.reading else now)
    cells = "".join(f'<span class="sw-cell">{_part(v)} {_now(v)}</span>' for v in values)
    limits = "".join(_limit(rule, values[0].metric) for rule in values[0].limits)
    return (
        f'<tr{_looks(values)}><th scope="row">{escape(t_data(values[0].metric.title))}</th>'
        f'<td colspan="2" class="sw-cells">{cells}{limits}</td>{_when(oldest, now, site)}</tr>'
    )


def _row(value: Value, now: int, site: Site) -> str:
    return (
        f'<tr{_looks([value])}><th scope="row">{escape(t_data(value.metric.title))} {_part(value)}</th>'
        f"<td>{_now(value)}</td>"
        f'<td class="sw-limits">{"".join(_limit(rule, value.metric) for rule in value.limits)}</td>'
        f"{_when(value, now, site)}</tr>"
    )


def _looks(values: Iterable[Value]) -> str:
    """What is wrong is written large."""
    is_wrong = any(value.severity is not None for value in values)
    return ' class="sw-trouble"' if is_wrong else ""


def _now(value: Value) -> str:
    assert value.reading is not None  # values_table leaves the others out
    text, unit = fmt.quantity(value.reading.value, value.metric)
    is_now = value.availability == "ok"
    looks = f"sw-{value.severity}-text" if value.severity and is_now else f"sw-{value.availability}"
    sign = icon(value.severity) if value.severity else ""
    return (
        f'<span class="sw-now {looks}">{sign}{escape(text)}'
        f'<span class="sw-unit">{escape(unit)}</span></span>'
    )


def _when(value: Value, now: int, site: Site) -> str:
    assert value.reading is not None  # values_table leaves the others out
    exact, age = fmt.exact(value.reading.at, site), ago(value.reading.at, now)
    return f'<td class="sw-when" title="{escape(exact)}">{age}{_doubt(value)}</td>'


def _part(value: Value) -> str:
    is_said = value.component in ("", DICOM)  # the group of rows says it
    return "" if is_said else f'<span class="sw-part">{escape(value.component)}</span>'


def _limit(rule: LimitRule, metric: Metric) -> str:
    title, basis = t_data(rule.title), basis_tip(rule)
    tip = t("limit.tip", severity=state_word(rule.severity), title=title, basis=basis)
    return (
        f'<span class="sw-limit" title="{escape(tip)}">'
        f'<span class="sw-{rule.severity}-text">{icon(rule.severity)}</span>'
        f"{escape(limit_text(rule, metric))}"
        f' <span class="sw-basis">{escape(t(_BASES[rule.basis]))}</span></span>'
    )


def _doubt(value: Value) -> str:
    """Why the value may not be taken as of now."""
    assert value.reading is not None
    doubts = []
    if value.availability != "ok":
        is_silent = value.availability == "unknown"
        doubts.append(t("value.silent" if is_silent else "value.unavailable"))
    if value.reading.quality == "clock":
        doubts.append(t("value.quality_clock"))
    return "".join(f'<span class="sw-doubt">{escape(text)}</span>' for text in doubts)


def _without_reading(values: Iterable[Value]) -> str:
    """How many were never read, folded up."""
    names = [t_data(value.metric.title) for value in values if value.reading is None]
    if not names:
        return ""
    count = escape(t("value.never_one") if len(names) == 1 else t("value.never", count=len(names)))
    return (
        f'<details class="sw-sources"><summary>{count}</summary>'
        f'<p class="sw-hint">{escape(", ".join(names))}</p></details>'
    )


def _entry(rule: Rule, profile: Profile) -> str:
    title, severity = t_data(rule.title), state_word(rule.severity)
    limit = _sentence(rule.wording(profile))
    if not rule.hold_time:
        return t("limit.entry", title=title, limit=limit, severity=severity)
    span = fmt.span(rule.hold_time)
    return t("limit.entry_held", title=title, limit=limit, span=span, severity=severity)


def _sentence(wording: Wording) -> str:
    """What makes a rule fire, in the site's language."""
    if wording.states is not None:
        return ", ".join(t_data(state) for state in wording.states)
    if wording.any_of:
        parts = [
            t("limit.indicator", metric=t_data(part.metric.title), limit=_sentence(part))
            for part in wording.any_of
        ]
        return t("limit.or").join(parts)
    values = {"metric": t_data(wording.metric.title)}
    if wording.value is not None:
        values["value"] = fmt.with_unit(wording.value, wording.metric)
    if wording.span is not None:
        values["span"] = fmt.span(wording.span)
    if wording.count is not None:
        values["count"] = fmt.number(wording.count)
    return t(wording.key, **values)
