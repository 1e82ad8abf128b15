"""Numbers, lengths of time and moments as the pages write them, in the words of i18n."""

import re
from datetime import date

from core.schema.metric import Metric
from core.schema.site import Site
from core.text import numbers, times
from core.text.numbers import LEFT_TO_RIGHT
from core.time.calendars import Calendar, parts_of
from core.time.clock import SECOND, from_ms
from dashboard import i18n
from dashboard.i18n import t, t_data
from dashboard.text.labels import COLUMNS

MONTHS: dict[Calendar, str] = {"gregorian": "time.months", "solar": "time.solar_months"}
PAGE = numbers.PAGE
ABSENT = PAGE.absent

# What Streamlit's Markdown makes something of: anywhere in a text, and where a line begins.
_MARKDOWN = re.compile(r"[\\`*\[\]<>~$|]|(?<!\w)_|_(?!\w)|:(?=\w)|&(?=#?\w+;)|-(?=[->])|(?<=[-<])-")
_LINE_BEGINS = re.compile(r"^(\s*)([#+=-])|^(\s*\d+)([.)])", re.MULTILINE)
# An address becomes a link whatever is escaped in it, but not with a sign in it that nobody sees (word joiner).
_ADDRESS = re.compile(r"(?<=:)(?=//)|(?<=www)(?=\.)", re.IGNORECASE)
_SPANS: dict[times.Unit, str] = {
    "days": "span.days",
    "hours": "span.hours",
    "minutes": "span.minutes",
}
_LIMITS: dict[numbers.LimitsForm, str] = {
    "between": "accepted.between",
    "at_least": "accepted.at_least",
    "at_most": "accepted.at_most",
}


def number(value: float) -> str:
    """At most four significant digits, but whole digits are never thrown away: `14 912 345`."""
    text = PAGE.measured(value)
    return f"{LEFT_TO_RIGHT}{text}" if value < 0 and i18n.direction() == "rtl" else text


def quantity(value: float, metric: Metric) -> tuple[str, str]:
    """A value as text, and its unit: `("41.2", "°C")`, `("1.4", "TB")`, `("normal", "")`."""
    if metric.kind == "state":
        state = metric.states.get(round(value)) if value == round(value) else None
        return (t_data(state), "") if state else (number(value), "")
    if metric.kind != "counter" and times.is_read_as_length(value, metric.unit):
        return span(round(value * SECOND)), ""
    if metric.unit == "B":
        scaled, unit = numbers.scaled_bytes(value)
        return number(scaled), unit
    return number(value), _sign_of(t_data(metric.unit))


def size(count: int) -> str:
    """So many bytes, with three digits: `1.53 GB`."""
    scaled, unit = numbers.scaled_bytes(count)
    return PAGE.with_unit(number(float(f"{scaled:.3g}")), unit)


def with_unit(value: float, metric: Metric) -> str:
    """A value and its unit in one text: `41.2 °C`."""
    text, unit = quantity(value, metric)
    return i18n.isolated(PAGE.with_unit(text, unit.removesuffix(LEFT_TO_RIGHT)))


def _sign_of(unit: str) -> str:
    """A unit that is no word, such as `%`, stands behind its number also where lines run from the right."""
    is_sign = unit and i18n.direction() == "rtl" and not any(map(str.isalpha, unit))
    return unit + LEFT_TO_RIGHT if is_sign else unit


def plain(text: str) -> str:
    """Text where Streamlit would read Markdown."""
    text = _MARKDOWN.sub(r"\\\g<0>", _ADDRESS.sub("\u2060", text))
    return _LINE_BEGINS.sub(r"\1\3\\\2\4", text)


def device(name: str, site: Site) -> str:
    """What people call the device; its id if the site file has lost it since."""
    known = site.devices.get(name)
    return known.name if known else name


def money(cents: int, site: Site) -> str:
    """`12.50 USD`, `1 200 USD`."""
    amount = PAGE.fixed(cents / 100, 2 if cents % 100 else 0)
    return t("money.amount", amount=amount, currency=site.file.currency)


def column(title: str, site: Site) -> str:
    """What a column of the asset workbook is called."""
    return t(COLUMNS[title], currency=site.file.currency)


def limits(low: float | None, high: float | None, unit: str) -> str:
    """What is accepted, both ends included; empty if everything is."""
    form = numbers.limits_form(low, high)
    if form is None:
        return ""
    ends = {name: number(end) for name, end in (("low", low), ("high", high)) if end is not None}
    return PAGE.with_unit(t(_LIMITS[form], **ends), t_data(unit))


def span(length: int) -> str:
    """How long, in its two largest units: `2 d 4 h`, `5 min`, `12 s`."""
    unit, large, small = times.two_units(length)
    if unit == "seconds":
        return t("span.seconds", large=large)
    key = _SPANS[unit]
    return t(key, large=large, small=small) if small else t(f"{key}_even", large=large)


def rough_span(length: int) -> str:
    """How long, in one unit, rounded down: it is read at a glance."""
    return span(times.whole_units(length))


def age(at: int | None, now: int) -> str:
    """`12 s ago`, `5 min ago`, `never`."""
    return t("age.never") if at is None else t("age.ago", span=rough_span(now - at))


def since(at: int, now: int, site: Site) -> str:
    """`since 14:05, 2 h`."""
    return t("alert.since", when=moment(at, now, site), span=rough_span(now - at))


def moment(at: int, now: int, site: Site) -> str:
    """When, in the site's zone: `14:05` of today, `31 Oct 14:05` of this year, else with the year."""
    local, today = from_ms(at, site.zone), from_ms(now, site.zone)
    clock = times.clock(at, site.zone)
    if local.date() == today.date():
        return clock
    key = "time.day" if _year(local.date()) == _year(today.date()) else "time.year"
    return t(key, clock=clock, **_day_values(at, site))


def day(day: date) -> str:
    """`Tuesday, 24 November`."""
    weekday = t("time.weekdays").split()[day.weekday()]
    return t("time.full_day", weekday=weekday, **_date_values(day, is_full=True))


def date_(day: date) -> str:
    """`31 Oct 2026`."""
    return t("time.date", **_date_values(day))


def both_calendars(day: date) -> str:
    """`Sun 8 Qaws 1405 = 29 Nov 2026`: in the calendar that is shown here, then in the other."""
    weekday = t("time.short_weekdays").split()[day.weekday()]
    other: Calendar = "gregorian" if i18n.calendar() == "solar" else "solar"
    there = t("time.date", **times.date_values(day, other, t(MONTHS[other])))
    return t("time.both_calendars", weekday=weekday, here=date_(day), there=there)


def near_date(at: int, now: int, site: Site) -> str:
    """The day in the site's zone: `3 Dec` of this year, `3 Jan 2027` of another."""
    day, today = from_ms(at, site.zone).date(), from_ms(now, site.zone).date()
    key = "time.near" if _year(day) == _year(today) else "time.date"
    return t(key, **_date_values(day))


def short_day(at: int, site: Site) -> str:
    """`31 Oct`, in the site's zone."""
    return t("time.near", **_day_values(at, site))


def month(first: date) -> str:
    """`November 2026`, `Qaws 1405`: the month in which that day lies."""
    return t("time.month_year", **_date_values(first, is_full=True))


def exact(at: int, site: Site) -> str:
    """When, to the second: `31 Oct 2026 14:05:07`."""
    clock = times.clock(at, site.zone, seconds=True)
    return t("time.year", clock=clock, **_day_values(at, site))


def zone_name(at: int, site: Site) -> str:
    """`Asia/Kabul, UTC+04:30`."""
    return t("time.zone", zone=site.zone.key, offset=times.utc_offset(at, site.zone))


def _day_values(at: int, site: Site) -> dict[str, int | str]:
    return _date_values(from_ms(at, site.zone).date())


def _date_values(day: date, *, is_full: bool = False) -> dict[str, int | str]:
    """A date by the calendar that is shown here; `is_full` with the whole name of its month."""
    calendar = i18n.calendar()
    key = MONTHS[calendar] if calendar == "solar" or not is_full else "time.full_months"
    return times.date_values(day, calendar, t(key))


def _year(day: date) -> int:
    return parts_of(day, i18n.calendar())[0]
