"""The one box for days and times: typed in either calendar and any digits, shown in both.

Streamlit's own fields know the Gregorian calendar only, and their months are English.
"""

from datetime import date
from functools import partial

import streamlit as st

from core.schema.site import Site
from core.text import times
from core.time.clock import from_ms
from core.time.typed_day import FIRST_YEAR, as_typed, typed_day, typed_moment
from dashboard import i18n
from dashboard.components.shared.number_box import Box
from dashboard.i18n import t
from dashboard.queries import stores
from dashboard.text import format as fmt


def day_box(label: str, key: str, begin: str) -> Box[date]:
    """A day; at first the ISO day `begin`. What was typed stays, right or wrong."""
    here = from_ms(stores.now(), stores.site().zone).date()
    with st.container(gap=None):
        text = _typed(label, key, _written_cell(begin), _written(here))
        box = Box(label, text, partial(typed_day, calendar="solar"))
        _show(box, None if box.value is None else fmt.both_calendars(box.value))
    return box


def moment_box(label: str, key: str, begin: int | None, site: Site) -> Box[int]:
    """A time of the site's clocks, as UTC milliseconds; alone, `14:05`, it is of today.

    What means now begins empty: a page is open for hours on a telephone, and the time at which it was
    opened is not when anything was done.
    """
    here = from_ms(stores.now(), site.zone).date()
    with st.container(gap=None):
        written = "" if begin is None else written_moment(begin, site)
        text = _typed(label, key, written, f"{_written(here)} 14:05")
        parse = partial(typed_moment, calendar="solar", zone=site.zone, today=here)
        box = Box(label, text, parse)
        at = box.value
        _show(box, None if at is None else _both(at, site))
    return box


def written_moment(at: int, site: Site) -> str:
    """`1405-09-08 14:05`, as such a box shows it."""
    return f"{_written(from_ms(at, site.zone).date())} {times.clock(at, site.zone)}"


def _typed(label: str, key: str, begin: str, example: str) -> str:
    return st.text_input(
        fmt.plain(label), begin, key=key, placeholder=t("time.example", example=example),
        autocomplete="off",
    )  # fmt: skip


def _written(day: date) -> str:
    return as_typed(day, i18n.calendar())


def _written_cell(cell: str) -> str:
    # A year of the other calendar, taken over before such were refused, is shown as it stands.
    day = date.fromisoformat(cell) if cell else None
    return _written(day) if day and day.year >= FIRST_YEAR else cell


def _both(at: int, site: Site) -> str:
    days = fmt.both_calendars(from_ms(at, site.zone).date())
    return i18n.joined((days, times.clock(at, site.zone)))


def _show(box: Box[date] | Box[int], meant: str | None) -> None:
    """What it was understood as, or what is wrong."""
    if box.wrong:
        box.show_mistake()
    elif meant is not None:
        st.caption(fmt.plain(meant))
