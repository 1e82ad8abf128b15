"""`/questions` and `/answer/TOKEN`: who stands at a device answers what its supplier asks, from a telephone.

Signed in, all that waits is there; by a link that the engineer hands out, that of one ticket. Plain HTML, no script.
"""

from collections.abc import Callable
from functools import partial
from html import escape
from typing import NamedTuple

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from access.principal import Author
from core.errors import RefusedError, StoreError
from core.schema.site import Site
from core.time.clock import DAY
from core.vocabulary.rights import Right
from dashboard import forms, i18n
from dashboard.http import cookies
from dashboard.http.answers import answers_html
from dashboard.http.gate import PRINCIPAL, address_of
from dashboard.http.plain_form import TOKEN, bind, is_bound, put_binding, read_fields
from dashboard.http.plain_page import HEADERS, plain_page
from dashboard.http.wrong_links import WRONG_LINKS
from dashboard.i18n import joined, t
from dashboard.queries import questions as question_queries
from dashboard.queries import stores
from dashboard.queries.questions import DeviceQuestion
from dashboard.text import format as fmt
from maintenance.tickets import questions
from maintenance.tickets.questions import LONGEST_ANSWER
from storage.records import SupplierAnswer

KIND = "answer"  # of the signature
VALID_FOR = 7 * DAY  # Scanward's own: until somebody stands at the device, and not much longer
WHO = "answer link"  # in the records; with a colon and a name, so that no person is called so
MAY: frozenset[Right] = frozenset({"answer a supplier's question"})  # by the link alone
LARGEST, WITHIN_S = 60_000, 120.0  # bytes of the longest answer in any script, over 9.6 kbit/s
LONGEST_NAME = 80  # characters


class Typed(NamedTuple):
    """What was typed into one form, and why it was refused."""

    number: int = 0
    text: str = ""
    why: str = ""


NOTHING = Typed()
HEAD = "<style>summary{padding:.8rem 0;font-weight:600}h2{border-top:1px solid #8a99a366;padding-top:1rem}</style>"


async def show(request: Request) -> Response:
    """All that waits for an answer, and what was answered lately."""
    return await run_in_threadpool(_shown, request)


async def send(request: Request) -> Response:
    """Answer one question."""
    fields = await read_fields(request, LARGEST, WITHIN_S)
    if fields is None or not is_bound(request, fields.get(TOKEN, "")):
        return await run_in_threadpool(_shown, request, Typed(why=t("login.again")), 400)
    return await run_in_threadpool(_sent, request, fields)


async def show_by_link(request: Request) -> Response:
    """The same of one ticket."""
    return await run_in_threadpool(_by_link, request, _shown)


async def send_by_link(request: Request) -> Response:
    """Answer one question of it."""
    fields = await read_fields(request, LARGEST, WITHIN_S)
    return await run_in_threadpool(_by_link, request, partial(_sent, fields=fields or {}))


ROUTES = [
    Route("/questions", show, methods=["GET"]),
    Route("/questions", send, methods=["POST"]),
    Route("/answer/{token}", show_by_link, methods=["GET"]),
    Route("/answer/{token}", send_by_link, methods=["POST"]),
]


def answer_address(site: Site, ticket: int, revoked: int = 0) -> str:
    """What the engineer hands to whoever stands at the device; `revoked`, how often that was taken back."""
    http = site.file.http
    top = (http.public_url or f"http://{http.address}:{http.port}").rstrip("/")
    return f"{top}/answer/{cookies.signed(KIND, _value(ticket, revoked))}"


def _value(ticket: int, revoked: int) -> str:
    """What is signed."""
    return f"{ticket}.{revoked}" if revoked else str(ticket)


def _by_link(request: Request, respond: Callable[[Request], Response]) -> Response:
    """What `respond` makes of it, if the link leads somewhere."""
    i18n.use(stores.site().file.language)
    address, now = address_of(request.scope), stores.now()
    wait = WRONG_LINKS.wait(address, now)
    if wait:
        return WRONG_LINKS.refusal(wait)
    try:
        ticket = _ticket_of(request)
    except StoreError:
        return plain_page(t("answering.title"), f"<p>{escape(t('answering.unread'))}</p>", 503)
    if ticket is None:
        WRONG_LINKS.count(address, now)
        return plain_page(t("answering.title"), f"<p>{escape(t('answering.nothing'))}</p>", 404)
    return respond(request)


def _ticket_of(request: Request) -> int | None:
    """The ticket of the link; None without a link, or by a wrong one or one that was taken back."""
    value = cookies.signed_value(KIND, request.path_params.get("token", ""), VALID_FOR)
    number = (value or "").partition(".")[0]
    if not number.isdecimal():
        return None
    revoked = question_queries.links_revoked(int(number))
    return int(number) if revoked is not None and value == _value(int(number), revoked) else None


def _shown(request: Request, typed: Typed = NOTHING, status: int = 200) -> Response:
    try:
        rows = question_queries.open_questions(_ticket_of(request))
    except StoreError:
        return plain_page(t("answering.title"), f"<p>{escape(t('answering.unread'))}</p>", 503)
    hidden, new = bind(request)
    notice = ""
    if typed.why:
        notice = f'<p class="wrong" role="alert">{escape(typed.why)}</p>'
    elif "done" in request.query_params:
        notice = f'<p class="done" role="status">{escape(t("answering.done"))}</p>'
    own = "" if "token" in request.path_params else hidden
    items = "".join(_question(request, row, own, typed) for row in rows)
    body = items or f"<p>{escape(t('answering.none'))}</p>"
    page = plain_page(t("answering.title"), notice + body, status, HEAD)
    return put_binding(request, page, new) if own else page


def _sent(request: Request, fields: dict[str, str]) -> Response:
    number, seen = (fields.get(name, "") for name in ("question", "seen"))
    if not _is_number(number) or not _is_number(seen):
        return _shown(request, Typed(why=t("answering.lost")), 400)
    typed = Typed(int(number), fields.get("text", ""))
    try:
        _answer(request, typed, int(seen), fields.get("name", ""))
    except RefusedError as error:
        return _shown(request, typed._replace(why=i18n.translate(error.phrase)), 400)
    except StoreError:
        return _shown(request, typed._replace(why=t("answering.unsaved")), 503)
    # Relative, for a proxy may keep Scanward below a path.
    here = request.path_params.get("token", "questions")
    return RedirectResponse(f"{here}?done=1", 303, HEADERS)


def _answer(request: Request, typed: Typed, seen: int, name: str) -> None:
    ticket = _ticket_of(request)
    if ticket is not None and not question_queries.is_of(ticket, typed.number):
        raise RefusedError("there is no question {question}", question=typed.number)
    with forms.writing(_author(request, name)) as tx:
        questions.answer(tx, typed.number, typed.text, seen)


def _author(request: Request, name: str) -> Author:
    """Who is signed in; by the link, whoever gave a name."""
    principal = request.scope.get(PRINCIPAL)
    by_link = MAY if "token" in request.path_params else frozenset()
    if principal is not None:
        return Author(principal.full_name, principal.rights | by_link, principal.address)
    name = name.strip()[:LONGEST_NAME]
    return Author(f"{WHO}: {name}".strip(), by_link, address_of(request.scope))


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 16


def _question(request: Request, row: DeviceQuestion, hidden: str, typed: Typed) -> str:
    """One, with what was answered, and the form."""
    site, now, question = stores.site(), stores.now(), row.question
    about = t(
        "answering.about",
        device=fmt.device(row.device, site),
        number=question.ticket_id,
        who=question.who.removeprefix("link: "),
        when=fmt.moment(question.at, now, site),
    )
    form = _form(request, row, hidden, typed)
    if question.answers:
        is_open = " open" if typed.number == question.id else ""
        form = (
            f"<details{is_open}><summary>{escape(t('answering.correct'))}</summary>{form}</details>"
        )
    words = escape(question.words(i18n.language()))
    return (
        f'<h2 dir="auto">{words}</h2><p class="about">{escape(about)}</p>'
        f"{answers_html(question.answers, lambda row: _by(row, now, site))}{form}"
    )


def _by(answer: SupplierAnswer, now: int, site: Site) -> str:
    """Who answered when; by the link not everybody gives a name."""
    name = answer.who.removeprefix(f"{WHO}:").strip()
    return joined((name or t("answering.nameless"), fmt.moment(answer.at, now, site)))


def _form(request: Request, row: DeviceQuestion, hidden: str, typed: Typed) -> str:
    number = row.question.id
    path = escape(request.path_params.get("token", "questions"))
    text = typed.text if typed.number == number else ""
    name = ""
    if request.scope.get(PRINCIPAL) is None:
        name = (
            f'<label for="name-{number}">{escape(t("answering.name"))}</label>'
            f'<input id="name-{number}" name="name" type="text" maxlength="{LONGEST_NAME}" autocomplete="name">'
        )
    return f"""<form method="post" action="{path}" accept-charset="utf-8">{hidden}
<input type="hidden" name="question" value="{number}"><input type="hidden" name="seen" value="{len(row.question.answers)}">
<label for="text-{number}">{escape(t("answering.text"))}</label>
<textarea id="text-{number}" name="text" rows="3" dir="auto" maxlength="{LONGEST_ANSWER}" required>{escape(text)}</textarea>
{name}<p class="about">{escape(t("answering.no_patient"))}</p><button>{escape(t("answering.send"))}</button></form>"""
