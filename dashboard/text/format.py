"""How numbers, durations and times are written. The only place that knows; all words are in i18n."""

import math
from datetime import date

from core.schema.metric import Metric
from core.schema.site import Site
from core.time.clock import DAY, HOUR, MINUTE, SECOND, from_ms
from dashboard.i18n import t, t_data
from dashboard.text.labels import COLUMNS

ABSENT = "—"
MINUS = "\u2212"
THIN = "\u202f"  # narrow no-break space: between thousands, and before a unit
DIGITS = 4

_MARKDOWN = str.maketrans({sign: f"\\{sign}" for sign in r"\`*_{}[]()<>#+-.!|~$:"})
_BYTES = ("B", "kB", "MB", "GB", "TB", "PB")
_SPANS = ((DAY, HOUR, "span.days"), (HOUR, MINUTE, "span.hours"), (MINUTE, SECOND, "span.minutes"))


def number(value: float) -> str:
    """At most four significant digits, but whole digits are never thrown away: `14 912 345`."""
    if not math.isfinite(value):
        return ABSENT
    size = 0 if value == 0 else math.floor(math.log10(abs(value)))
    text = f"{abs(value):,.{min(max(DIGITS - 1 - size, 0), 12)}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    sign = MINUS if value < 0 and text != "0" else ""
    return sign + text.replace(",", THIN)


def quantity(value: float, metric: Metric) -> tuple[str, str]:
    """A value as text, and its unit: `("41.2", "°C")`, `("1.4", "TB")`, `("normal", "")`."""
    if metric.kind == "state":
        known = metric.states.get(round(value)) if value == round(value) else None
        return (t_data(known), "") if known else (number(value), "")
    if metric.unit == "s" and metric.kind != "counter" and abs(value) >= 2 * MINUTE / SECOND:
        return span(round(value * SECOND)), ""
    if metric.unit == "B":
        return _scaled(value)
    return number(value), t_data(metric.unit)


def say(value: float, metric: Metric) -> str:
    """A value and its unit in one piece."""
    text, unit = quantity(value, metric)
    return f"{text}{THIN}{unit}" if unit else text


def plain(text: str) -> str:
    """Text where Streamlit would read Markdown."""
    return text.translate(_MARKDOWN)


def device(name: str, site: Site) -> str:
    """What people call the device; its id if the site file has lost it since."""
    known = site.devices.get(name)
    return known.name if known else name


def money(cents: int, site: Site) -> str:
    """`12.50 USD`, `1 200 USD`."""
    amount = f"{cents / 100:,.2f}".removesuffix(".00").replace(",", THIN)
    return t("money.amount", amount=amount, currency=site.file.currency)


def column(title: str, site: Site) -> str:
    """What a column of the asset workbook is called."""
    return t(COLUMNS[title], currency=site.file.currency)


def limits(low: float | None, high: float | None, unit: str) -> str:
    """What is accepted, both ends included; empty if everything is."""
    if low is not None and high is not None:
        said = t("accepted.between", low=number(low), high=number(high))
    elif low is not None:
        said = t("accepted.at_least", low=number(low))
    elif high is not None:
        said = t("accepted.at_most", high=number(high))
    else:
        return ""
    return f"{said}{THIN}{t_data(unit)}" if unit else said


def span(length: int) -> str:
    """How long, in its two largest units: `2 d 4 h`, `5 min`, `12 s`."""
    length = max(length, 0)
    for size, below, key in _SPANS:
        if length >= size:
            large, rest = divmod(length, size)
            small = rest // below
            return t(key, large=large, small=small) if small else t(f"{key}_even", large=large)
    return t("span.seconds", large=length // SECOND)


def about(length: int) -> str:
    """How long, in one unit, rounded down: it is read at a glance."""
    size = next((size for size, _, _ in _SPANS if length >= size), SECOND)
    return span(length // size * size)


def age(at: int | None, now: int) -> str:
    """`12 s ago`, `5 min ago`, `never`."""
    return t("age.never") if at is None else t("age.ago", span=about(now - at))


def since(at: int, now: int, site: Site) -> str:
    """`since 14:05, 2 h`."""
    return t("alert.since", when=moment(at, now, site), span=about(now - at))


def moment(at: int, now: int, site: Site) -> str:
    """When, in the site's zone: `14:05` of today, `31 Oct 14:05` of this year, else with the year."""
    local, today = from_ms(at, site.zone), from_ms(now, site.zone)
    clock = f"{local:%H:%M}"
    if local.date() == today.date():
        return clock
    month = t("time.months").split()[local.month - 1]
    if local.year == today.year:
        return t("time.day", day=local.day, month=month, clock=clock)
    return t("time.year", day=local.day, month=month, year=local.year, clock=clock)


def day(day: date) -> str:
    """`Tuesday, 24 November`."""
    weekday = t("time.weekdays").split()[day.weekday()]
    return t("time.full_day", weekday=weekday, day=day.day, month=_month(day.month))


def date_(day: date) -> str:
    """`31 Oct 2026`."""
    month = t("time.months").split()[day.month - 1]
    return t("time.date", day=day.day, month=month, year=day.year)


def month(first: date) -> str:
    """`November 2026`."""
    return t("time.month_year", month=_month(first.month), year=first.year)


def exact(at: int, site: Site) -> str:
    """When, to the second: `31 Oct 2026 14:05:07`."""
    local = from_ms(at, site.zone)
    month = t("time.months").split()[local.month - 1]
    return t("time.year", day=local.day, month=month, year=local.year, clock=f"{local:%H:%M:%S}")


def zone_name(at: int, site: Site) -> str:
    """`Asia/Kabul, UTC+04:30`."""
    offset = from_ms(at, site.zone).strftime("%z")
    return t("time.zone", zone=site.zone.key, offset=f"{offset[:3]}:{offset[3:5]}")


def _month(number_: int) -> str:
    return t("time.full_months").split()[number_ - 1]


def _scaled(value: float) -> tuple[str, str]:
    power = 0
    while abs(value) >= 1000 and power < len(_BYTES) - 1:
        value, power = value / 1000, power + 1
    return number(value), _BYTES[power]
