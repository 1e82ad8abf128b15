"""`/account`: who is signed in, from where else, another password, and the way out."""

from collections.abc import Callable, Mapping
from html import escape

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from access import passwords, sessions, users
from access.login import NewLogin
from access.principal import Principal
from core.errors import RefusedError
from dashboard import forms, i18n
from dashboard.http import cookies, look, oidc_page, passkey_form
from dashboard.http.account_form import Fields, hand_in
from dashboard.http.gate import PRINCIPAL, depth
from dashboard.http.login_page import begin
from dashboard.http.plain_form import bind, put_binding, read_form
from dashboard.http.plain_page import HEADERS, plain_page
from dashboard.i18n import joined, t, t_data
from dashboard.queries import stores
from dashboard.text import format as fmt
from storage.records import LoginSession, logins


async def show(request: Request) -> Response:
    """Who you are here."""
    return await run_in_threadpool(_page, request)


async def change(request: Request) -> Response:
    """Another password; every other session ends, and this one gets a new number."""
    there = RedirectResponse("../account", 303, HEADERS)
    return await hand_in(request, _change, _again, lambda login: begin(request, login, there))


async def leave_everywhere(request: Request) -> Response:
    """Sign out in every browser."""
    if await read_form(request) is None:
        return await run_in_threadpool(_page, request, t("login.again"), 400)
    await run_in_threadpool(_end_all, request.scope[PRINCIPAL])
    response = RedirectResponse("../login", 303, HEADERS)
    cookies.forget(request, response, "session")
    return response


async def choose_language(request: Request) -> Response:
    """Another language, from the next page on."""
    return await _done(request, _choose_language)


async def choose_look(request: Request) -> Response:
    """Light or dark, from the next page on, in this browser."""
    fields = await read_form(request)
    if fields is None:
        return await run_in_threadpool(_page, request, t("login.again"), 400)
    response = RedirectResponse("../account", 303, HEADERS)
    look.choose(request, response, fields.get("look", ""))
    return response


async def passkey_options(request: Request) -> Response:
    """What a browser needs to make a passkey."""
    try:
        options = await run_in_threadpool(passkey_form.registration_options, request)
    except RefusedError as error:
        return JSONResponse({"error": str(error)}, 404, HEADERS)
    return Response(options, 200, HEADERS, "application/json")


async def add_passkey(request: Request) -> Response:
    """A key more to sign in with."""
    return await _done(request, passkey_form.add)


async def remove_passkey(request: Request) -> Response:
    """A key less."""
    return await _done(request, passkey_form.remove)


ROUTES = [
    Route("/account", show, methods=["GET"]),
    Route("/account/password", change, methods=["POST"]),
    Route("/account/language", choose_language, methods=["POST"]),
    Route("/account/look", choose_look, methods=["POST"]),
    Route("/account/passkey", passkey_options, methods=["GET"]),
    Route("/account/passkey", add_passkey, methods=["POST"]),
    Route("/account/passkey/remove", remove_passkey, methods=["POST"]),
    Route("/account/leave", leave_everywhere, methods=["POST"]),
]


def _change(request: Request, fields: Fields) -> NewLogin:
    principal: Principal = request.scope[PRINCIPAL]
    old, new, again = (fields.get(name, "") for name in ("old", "password", "again"))
    with forms.writing(principal.author) as tx:
        old_hash = users.find(tx, principal.name).password_hash
    if not passwords.is_right(old, old_hash):
        raise RefusedError("the old password is wrong")
    if new != again:
        raise RefusedError("the two passwords differ")
    password = passwords.hashed(new, [principal.name, principal.full_name])
    with forms.writing(principal.author) as tx:
        user = users.change_password(tx, principal.name, old_hash, password)
        agent = request.headers.get("user-agent", "")
        secret = sessions.begin(tx, user, principal.address, agent)
        return NewLogin(secret, user.id, user.full_name)


def _end_all(principal: Principal) -> None:
    with forms.writing(principal.author) as tx:
        users.end_sessions(tx, users.find(tx, principal.name))


async def _done(request: Request, act: Callable[[Request, Fields], None]) -> Response:
    """Do what a form of the page asks, then show the page again."""
    there = RedirectResponse(f"{depth(request.url.path)}account", 303, HEADERS)
    return await hand_in(request, act, _again, lambda _: there)


def _again(request: Request, wrong: str, status: int, _fields: Fields) -> Response:
    """Nothing that was typed: they are passwords, or chosen from a list."""
    return _page(request, wrong, status)


def _choose_language(request: Request, fields: Fields) -> None:
    principal: Principal = request.scope[PRINCIPAL]
    with forms.writing(principal.author) as tx:
        users.choose_language(tx, principal.name, fields.get("language", ""))


def _language_form(own: str, top: str, hidden: str) -> str:
    """A choice of the languages, each in its own words."""
    words = {"": t("account.language_of_site")} | dict(i18n.choices())
    return _choice("language", t("account.language"), words, own, f"{top}account/language", hidden)


def _look_form(top: str, hidden: str) -> str:
    """A choice of light and dark; without one the device decides."""
    words = {"": t("account.look_of_device")}
    words |= {known: t(_LOOKS[known]) for known in look.LOOKS}
    chosen = look.look() or ""
    return _choice("look", t("account.look"), words, chosen, f"{top}account/look", hidden)


_LOOKS: dict[look.Look, str] = {"light": "account.light", "dark": "account.dark"}


def _choice(
    name: str, title: str, words: Mapping[str, str], chosen: str, target: str, hidden: str
) -> str:
    """One of a few things, handed in by its own button."""
    options = "".join(
        f'<option value="{code}"{" selected" if code == chosen else ""}>{escape(shown)}</option>'
        for code, shown in words.items()
    )
    return f"""<h2><label for="{name}">{escape(title)}</label></h2>
<form method="post" action="{target}">{hidden}<select id="{name}" name="{name}">{options}</select>
<button>{escape(t("account.choose_language"))}</button></form>"""


def _page(request: Request, wrong: str = "", status: int = 200) -> Response:
    i18n.use(stores.site().file.language)
    principal: Principal = request.scope[PRINCIPAL]
    with stores.records().reading() as db:
        open_sessions = logins.open_login_sessions(db, principal.user_id, stores.now())
    top = "../" * (request.url.path.count("/") - 1)
    hidden, new = bind(request)
    error = f'<p class="wrong" role="alert">{escape(wrong)}</p>' if wrong else ""
    roles = ", ".join(t_data(role) for role in principal.roles)
    rows = "".join(f"<li>{escape(_place(session))}</li>" for session in open_sessions)
    body = f"""<p class="about">{escape(joined((principal.full_name, roles)))}</p>{error}
<p><a href="{top or "./"}">{escape(t("door.home"))}</a></p>
<form method="post" action="{top}logout">{hidden}<button>{escape(t("account.leave"))}</button></form>
<h2>{escape(t("account.sessions"))}</h2><ul>{rows}</ul>
<form method="post" action="{top}account/leave">{hidden}<button>{escape(t("account.leave_all"))}</button></form>
{passkey_form.account_section(request, top, hidden)}
{oidc_page.section(principal, top, hidden)}
{_language_form(principal.language, top, hidden)}
{_look_form(top, hidden)}
<h2>{escape(t("account.password"))}</h2>
<form method="post" action="{top}account/password">{hidden}
<label for="old">{escape(t("account.old"))}</label>
<input id="old" name="old" type="password" autocomplete="current-password" maxlength="200" required>
<label for="password">{escape(t("setup.password", count=passwords.SHORTEST))}</label>
<input id="password" name="password" type="password" autocomplete="new-password" maxlength="200" required>
<label for="again">{escape(t("setup.again"))}</label>
<input id="again" name="again" type="password" autocomplete="new-password" maxlength="200" required>
<button>{escape(t("account.change"))}</button></form>"""
    script = passkey_form.SCRIPT if passkey_form.is_offered(request) else ""
    page = plain_page(t("account.title"), body, status, script=script)
    return put_binding(request, page, new)


def _place(session: LoginSession) -> str:
    """Where and since when."""
    since = fmt.exact(session.began_at, stores.site())
    return t("account.place", address=session.address, agent=session.agent[:60], since=since)
