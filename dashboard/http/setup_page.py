"""`/setup/TOKEN`: whoever got the link chooses a password, once; the first person signs up by it."""

from html import escape

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from access import passwords, sessions, setup_links
from access.login import NewLogin
from access.principal import Author
from core.errors import RefusedError, StoreError
from dashboard import forms, i18n
from dashboard.http.account_form import Fields, hand_in
from dashboard.http.gate import address_of, depth
from dashboard.http.login_page import begin
from dashboard.http.plain_form import bind, put_binding
from dashboard.http.plain_page import HEADERS, plain_page
from dashboard.i18n import t
from dashboard.queries import stores
from storage.records import User

WHO = "setup link"  # in the audit


async def show(request: Request) -> Response:
    """The form. To open the page uses nothing up: messengers open every link to look at it."""
    return await run_in_threadpool(_form, request)


async def send(request: Request) -> Response:
    """Set the password, and sign in."""
    there = RedirectResponse(depth(request.url.path), 303, HEADERS)
    return await hand_in(request, _use, _form, lambda login: begin(request, login, there))


ROUTES = [
    Route("/setup/{token}", show, methods=["GET"]),
    Route("/setup/{token}", send, methods=["POST"]),
]


def _use(request: Request, fields: Fields) -> NewLogin:
    token = request.path_params["token"]
    name, full_name = fields.get("name", ""), fields.get("full_name", "")
    user = _user(token)  # before a password is hashed for it
    names = [name, full_name] if user is None else [user.name, user.full_name]
    if fields.get("password", "") != fields.get("again", ""):
        raise RefusedError("the two passwords differ")
    password = passwords.hashed(fields.get("password", ""), names)
    author = Author(WHO, frozenset(), address_of(request.scope))
    with forms.writing(author) as tx:
        user = setup_links.use_link(tx, token, password, name, full_name)
        agent = request.headers.get("user-agent", "")
        return NewLogin(sessions.begin(tx, user, author.address, agent), user.id, user.full_name)


def _form(
    request: Request, wrong: str = "", status: int = 200, fields: Fields | None = None
) -> Response:
    i18n.use(stores.site().file.language)
    try:
        user = _user(request.path_params["token"])
    except RefusedError as refused:
        words = f"<p>{escape(i18n.translate(refused.phrase))}</p>"
        return plain_page(t("setup.title"), words, 404)
    except StoreError:
        return plain_page(t("setup.title"), f"<p>{escape(t('login.unreadable'))}</p>", 503)
    about = t("setup.first") if user is None else t("setup.about", name=user.full_name)
    name = "" if user is None else user.name
    hidden, new = bind(request)
    error = f'<p class="wrong" role="alert">{escape(wrong)}</p>' if wrong else ""
    body = f"""<p class="about">{escape(about)}</p>{error}
<form method="post" accept-charset="utf-8">{hidden}{_names(name, fields or {})}
<label for="password">{escape(t("setup.password", count=passwords.SHORTEST))}</label>
<input id="password" name="password" type="password" autocomplete="new-password" maxlength="200" required>
<label for="again">{escape(t("setup.again"))}</label>
<input id="again" name="again" type="password" autocomplete="new-password" maxlength="200" required>
<button>{escape(t("setup.enter"))}</button></form>"""
    return put_binding(request, plain_page(t("setup.title"), body, status), new)


def _user(token: str) -> User | None:
    with stores.records().reading() as db:
        return setup_links.user_of_link(db, token, stores.now())


def _names(known: str, fields: Fields) -> str:
    """Who it is; the first person says so."""
    if known:
        return (
            f'<input type="hidden" autocomplete="username" name="username" value="{escape(known)}">'
        )
    return f"""<label for="full_name">{escape(t("setup.full_name"))}</label>
<input id="full_name" name="full_name" type="text" autocomplete="name" maxlength="80" required value="{escape(fields.get("full_name", ""))}">
<label for="name">{escape(t("setup.name"))}</label>
<input id="name" name="name" type="text" autocomplete="username" autocapitalize="none" dir="ltr" maxlength="40" required value="{escape(fields.get("name", ""))}">"""
