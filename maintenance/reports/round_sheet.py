"""The round on paper: a line a number, room by room, with a box for it and the code by which it is typed in."""

from collections.abc import Sequence
from contextlib import closing

from core.schema.metric import Metric
from core.schema.site import Site
from core.text.numbers import LEFT_TO_RIGHT, limits_form
from maintenance.assets.labels import draw_code
from maintenance.reports.locale import ReportLocale
from maintenance.reports.model import Moment
from maintenance.reports.pdf_canvas import ACCENT, HEIGHT, INK, ROOM, SOFT, PdfCanvas
from maintenance.rounds.walk import RoundDevice, RoundValue

BELOW = HEIGHT - 17.0
ROW = 9.5  # mm: a number is written by hand
BESIDE = 98.0  # mm, from "what" to "last": what each number of a state means
CODE = 26.0  # mm, the QR code with its quiet zone
# Where the columns begin, and how wide they are, in mm.
COLUMNS = {"code": (0, 17), "what": (18, 62), "accepted": (81, 35), "last": (117, 32), "box": (150, 30)}  # fmt: skip


def round_sheet(
    devices: Sequence[RoundDevice], site: Site, locale: ReportLocale, now: int, url: str | None
) -> bytes:
    """The PDF. `url` is that of the dashboard: its QR code leads to where the paper is typed in."""
    with closing(RoundSheet(site, locale, now, url)) as pdf:
        for number, each in enumerate(devices):
            is_new_room = number == 0 or devices[number - 1].device.room != each.device.room
            pdf.lay(each, is_new_room=is_new_room)
        pdf.footers()
        return bytes(pdf.output())


class RoundSheet(PdfCanvas):
    """The pages; each can be typed in by itself."""

    def __init__(self, site: Site, locale: ReportLocale, now: int, url: str | None) -> None:
        super().__init__(rtl=locale.is_rtl)
        self._site, self._locale, self._url, self._now = site, locale, url, now
        self.set_title(f"{locale.t('round.title')}, {site.file.name}")
        self.set_lang(locale.language)
        self.set_producer("Scanward")
        self.add_page()

    def header(self) -> None:
        """Whose round, who walked it and when, and the code that leads to the page for it."""
        locale = self._locale
        self.write_at(0, 9, ROOM - CODE, locale.t("round.title"), 16, "B", ACCENT, height=8)
        self.write_at(0, 17, ROOM - CODE, self._site.file.name, 9, colour=SOFT)
        self.write_at(0, 24, ROOM - CODE, locale.t("round.who"), 10, height=7)
        self.write_at(0, 32, ROOM - CODE, locale.t("round.how"), 8, colour=SOFT)
        if self._url is not None:
            self.set_fill_color(0, 0, 0)
            content = f"{self._url.rstrip('/')}/round/paper"
            draw_code(self, content, self.x_of(ROOM - CODE, CODE), 7, CODE)
        self.set_y(38)
        for name, (left, width) in COLUMNS.items():
            self.write_at(left, 38, width, locale.t(f"round.{name}"), 7.5, "B", SOFT)
        self.rule(43)
        self.set_y(44)

    def lay(self, each: RoundDevice, *, is_new_room: bool) -> None:
        """The lines of a device, below its room."""
        heading = (10.0 if is_new_room else 0.0) + 7
        if self.get_y() + heading + ROW > BELOW:
            self.add_page()
        if is_new_room:
            room = each.device.room or self._locale.t("round.no_room")
            self.write_at(0, self.get_y() + 2, ROOM, room, 12, "B", ACCENT, height=7)
            self.set_y(self.get_y() + 3 + 7)
        self._device(each)
        for value in each.values:
            if self.get_y() + ROW > BELOW:
                self.add_page()
                self._device(each)
            self._line(value)

    def footers(self) -> None:
        """When it was made, and the page of how many."""
        pages = self.pages_count
        for number in range(1, pages + 1):
            self.page = number
            made = self._locale.t("report.made", when=self._locale.moment(self._now))
            self.write_at(0, HEIGHT - 12, ROOM * 0.7, made, 7.5, colour=SOFT)
            page = self._locale.t("report.page", page=number, pages=pages)
            self.write_at(ROOM * 0.7, HEIGHT - 12, ROOM * 0.3, page, 7.5, colour=SOFT, align="end")

    def _device(self, each: RoundDevice) -> None:
        name = f"{each.device.name} · {each.device.id}"
        self.write_at(0, self.get_y() + 1, ROOM, name, 10, "B", height=5)
        self.set_y(self.get_y() + 7)

    def _line(self, value: RoundValue) -> None:
        top, about, locale = self.get_y(), value.about, self._locale
        title = locale.data(about.title) + (f" ({value.component})" if value.component else "")
        last, when = "", ""
        if value.last is not None:
            last = _measured(value.last.value, about, locale)
            when = locale.text(Moment(value.last.at, has_time=False))
        self._cell("code", top, locale.digits(value.code), 10)
        self._cell("what", top, title, 9)
        left = COLUMNS["what"][0]
        self.write_at(left, top + 4, BESIDE, _hint(about, locale), 7, colour=SOFT, height=4.5)
        self._cell("accepted", top, _accepted(value, locale), 8.5)
        self._cell("last", top, last, 8.5)
        self._cell("last", top + 4, when, 7, is_soft=True)
        left, width = COLUMNS["box"]
        self.set_draw_color(*INK)
        self.set_line_width(0.3)
        self.rect(self.x_of(left, width), top + 0.8, width, ROW - 1.8)
        self.set_y(top + ROW)

    def _cell(
        self, name: str, top: float, text: str, size: float, *, is_soft: bool = False
    ) -> None:
        left, width = COLUMNS[name]
        self.write_at(left, top, width, text, size, colour=SOFT if is_soft else INK, height=4.5)


def _hint(about: Metric, locale: ReportLocale) -> str:
    """Its unit, or what each number of a state means, and where it is read."""
    states = ", ".join(
        f"{locale.digits(str(state))} = {locale.data(word)}" for state, word in about.states.items()
    )
    unit = locale.unit(about.unit)
    unit = f"{LEFT_TO_RIGHT}{unit}{LEFT_TO_RIGHT}" if unit and locale.is_rtl else unit
    parts = (states or unit, locale.data(about.where))
    return " · ".join(part for part in parts if part)


def _measured(value: float, about: Metric, locale: ReportLocale) -> str:
    state = about.states.get(round(value)) if about.states else None
    return locale.data(state) if state else locale.measured(value, about.unit)


def _accepted(value: RoundValue, locale: ReportLocale) -> str:
    """What is accepted of it, in its unit; of a state nothing is written."""
    low, high = value.accepted.low, value.accepted.high
    form = limits_form(low, high)
    if form is None or value.about.states:
        return ""
    ends = {name: locale.measured(end) for name, end in (("low", low), ("high", high)) if end is not None}  # fmt: skip
    return locale.t(f"round.{form}", **ends)
