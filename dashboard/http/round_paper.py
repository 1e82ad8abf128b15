"""`/round/paper`: a printed round is typed in, a code and a number a line, with the date of the paper.

Plain forms, without a script. What was taken stands above; what was not stays in its boxes, with why.
`/round/sheet.pdf` is the paper.
"""

from collections.abc import Sequence
from html import escape

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from access.principal import Principal
from access.secret import new_secret
from core.errors import RefusedError, StoreError
from dashboard import forms, i18n
from dashboard.components.device.values import basis_tip
from dashboard.http.gate import PRINCIPAL
from dashboard.http.plain_form import bind, put_binding, read_form
from dashboard.http.plain_page import HEADERS, plain_page
from dashboard.i18n import t, t_data, translate
from dashboard.queries import rounds as round_queries
from dashboard.queries import stores
from dashboard.text import format as fmt
from maintenance.rounds.entering import EntryResult
from maintenance.rounds.paper import PaperLine, enter_paper, paper_time
from storage.records.transaction import refusal

LINES = 12  # of a page
_STYLE = """<style>
.paper { display: grid; grid-template-columns: 7rem 1fr; gap: 0.4rem; align-items: center; }
.paper input[type=text] { margin: 0; }
.paper p, .paper label { grid-column: 1 / -1; margin: 0 0 0.5rem; font-weight: 400; }
.paper p { border-inline-start: 0.3rem solid #c77700; padding-inline-start: 0.5rem; }
.when { display: grid; grid-template-columns: 1fr 1fr; gap: 0.6rem; align-items: end; }
ul.taken { list-style: none; padding: 0; }
.out { border-inline-start: 0.3rem solid #b3142b; padding-inline-start: 0.5rem; }
</style>"""


async def show(request: Request) -> Response:
    """Empty lines."""
    return await run_in_threadpool(_page, request, {}, ())


async def send(request: Request) -> Response:
    """Take what can be taken, and show the rest again."""
    fields = await read_form(request)
    if fields is None:
        return await run_in_threadpool(_page, request, {}, (), t("login.again"), 400)
    return await run_in_threadpool(_enter, request, fields)


def sheet(request: Request) -> Response:
    """The round to print, all of it, in the language of who asks, or another."""
    i18n.use(stores.site().file.language)
    language = request.query_params.get("language", i18n.language())
    try:
        content = round_queries.sheet("fa" if language == "fa" else "en")
    except StoreError:
        return plain_page(t("round.title"), f"<p>{escape(t('round.unreadable'))}</p>", 503)
    headers = {**HEADERS, "Content-Disposition": 'inline; filename="round.pdf"'}
    return Response(content, headers=headers, media_type="application/pdf")


ROUTES = [
    Route("/round/paper", show, methods=["GET"]),
    Route("/round/paper", send, methods=["POST"]),
    Route("/round/sheet.pdf", sheet, methods=["GET"]),
]


def _enter(request: Request, fields: dict[str, str]) -> Response:
    i18n.use(stores.site().file.language)
    principal: Principal = request.scope[PRINCIPAL]
    lines = {number: _line(fields, number) for number in range(LINES)}
    lines = {number: line for number, line in lines.items() if line.code or line.typed}
    try:
        at = paper_time(stores.site(), fields.get("day", ""), fields.get("clock", ""))
        with forms.writing(principal.author) as tx:
            results = enter_paper(tx, list(lines.values()), at, fields.get("page", ""))
    except RefusedError as error:
        return _page(request, fields, (), translate(error.phrase), 400)
    except StoreError:
        return _page(request, fields, (), t("fault.unsaved"), 503)
    return _page(request, fields, list(zip(lines, results, strict=True)))


def _line(fields: dict[str, str], number: int) -> PaperLine:
    return PaperLine(
        fields.get(f"code{number}", "").strip(),
        fields.get(f"value{number}", "").strip(),
        f"sure{number}" in fields,
    )


def _page(
    request: Request,
    fields: dict[str, str],
    results: Sequence[tuple[int, EntryResult]],
    wrong: str = "",
    status: int = 200,
) -> Response:
    i18n.use(stores.site().file.language)
    principal: Principal = request.scope[PRINCIPAL]
    if "enter readings" not in principal.rights:
        words = translate(refusal("enter readings").phrase)
        return plain_page(t("round.paper"), f"<p>{escape(words)}</p>", 403)
    hidden, new = bind(request)
    stored = [result for _, result in results if result.state == "stored"]
    left = {number: result for number, result in results if result.state != "stored"}
    filled = left if results else range(LINES)  # what was taken leaves its line empty
    rows = "".join(_row(fields if n in filled else {}, n, left.get(n)) for n in range(LINES))
    error = f'<p class="wrong" role="alert">{escape(wrong)}</p>' if wrong else ""
    page, day, clock = (escape(fields.get(name, "")) for name in ("page", "day", "clock"))
    body = f"""<nav><a href="../round">{escape(t("round.title"))}</a> · <a href="sheet.pdf">{escape(t("round.sheet"))}</a></nav>
{error}{_list(stored)}<form method="post" action="paper" accept-charset="utf-8">{hidden}
<input type="hidden" name="page" value="{page or new_secret()}"><div class="when">
<div><label for="day">{escape(t("round.day"))}</label><input id="day" name="day" type="text" dir="ltr" required maxlength="20" value="{day}" placeholder="{_today()}"></div>
<div><label for="clock">{escape(t("round.clock"))}</label><input id="clock" name="clock" type="text" dir="ltr" required maxlength="20" value="{clock}" placeholder="08:15"></div></div>
<div class="paper">{rows}</div><button>{escape(t("round.save"))}</button></form>"""
    shown = plain_page(t("round.paper"), body, status, _STYLE)
    return put_binding(request, shown, new)


def _row(fields: dict[str, str], number: int, result: EntryResult | None) -> str:
    """A line; below it why it was not taken, and the box that says that it is right."""
    line = _line(fields, number)
    why = "" if result is None or result.why is None else f"<p>{escape(translate(result.why))}</p>"
    sure = ""
    if result is not None and result.state == "asked":
        words = escape(t("round.sure"))
        sure = f'<label><input type="checkbox" name="sure{number}"> {words}</label>'
    box = 'type="text" inputmode="decimal" autocomplete="off" dir="ltr" maxlength="60"'
    code, value = escape(t("round.code")), escape(t("round.value"))
    return (
        f'<input name="code{number}" {box} aria-label="{code}" placeholder="{code}" value="{escape(line.code)}">'
        f'<input name="value{number}" {box} aria-label="{value}" placeholder="{value}" value="{escape(line.typed)}">'
        f"{why}{sure}"
    )


def _list(stored: Sequence[EntryResult]) -> str:
    """What was taken, by name: whoever typed a wrong code sees another device."""
    lines = "".join(_stored(result) for result in stored)
    done = escape(t("round.taken", count=len(stored)))
    return (
        f'<p class="done" role="status">{done}</p><ul class="taken">{lines}</ul>' if stored else ""
    )


def _stored(result: EntryResult) -> str:
    reading, site = result.reading, stores.site()
    if reading is None:
        return ""
    metric = site.devices[reading.device].profile.metrics[reading.metric]
    title = t_data(metric.title) + (f" ({reading.component})" if reading.component else "")
    name = fmt.device(reading.device, site)
    words = f"{name}: {title} {fmt.with_unit(reading.value, metric)}, {fmt.exact(reading.at, site)}"
    if result.broken is None:
        return f"<li>{escape(words)}</li>"
    broken = escape(f"{t_data(result.broken.title)}. {basis_tip(result.broken)}")
    report = f'<a href="../fault/{escape(reading.device)}">{escape(t("round.report"))}</a>'
    return f'<li class="out">{escape(words)}<br>{broken}<br>{report}</li>'


def _today() -> str:
    """How a day is written, in the site's calendar."""
    return round_queries.today_as_typed()
