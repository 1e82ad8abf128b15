"""People: what IT does by the command line, and what everybody does with their own account."""

from starlette.requests import Request

from access import api_tokens, oidc, passwords, sessions, setup_links, users
from access.oidc import Identity
from access.principal import Principal, principal
from dashboard import forms
from dashboard.http import account_page, demo_login, login_page, oidc_page, server, setup_page
from dashboard.http.first_start.answers import FirstPerson
from dashboard.http.first_start.create import begin_first_session
from dashboard.http.gate import PRINCIPAL
from dashboard.queries import stores
from storage.records import LoginSession, User, accounts
from tests.dashboard.centre import Centre
from tests.doors.table import Action, Door, Visit

COMMAND = "app.cli.user"
ACCOUNT = "dashboard.http.account_page"
NOBODY = "nobody is called 'nobody'"
PASSWORD, OTHER = "seven blue camels", "eight green camels"


def ali(centre: Centre, now: int) -> int:
    """He has a password and a session."""
    with centre.change(now) as tx:
        user = users.add_user(tx, "ali", "Ali", ["technician"])
        secret = setup_links.make_setup_link(tx, "ali")
        setup_links.use_link(tx, secret, passwords.hashed(PASSWORD))
        sessions.begin(tx, user, "10.0.0.9", "")
        tx.db.flush()
        return user.id


def a_token(centre: Centre, now: int) -> int:
    ali(centre, now)
    with centre.change(now) as tx:
        api_tokens.make_token(tx, "ali", "x", ["read"])
    return 1


def a_demo(centre: Centre, _now: int) -> int:
    object.__setattr__(stores.site().file.access, "demo", True)
    return 0


def of_ali(visit: Visit) -> Principal:
    with visit.centre.records.reading() as db:
        return principal(db.get_one(User, visit.about), "10.0.0.9", 1)


def request(visit: Visit | None = None, **path: str) -> Request:
    """As the gate hands it on: Ali's, or nobody's."""
    scope = {"type": "http", "method": "POST", "scheme": "http", "path": "/", "headers": [],
             "query_string": b"", "client": ("127.0.0.1", 1), "path_params": path,
             demo_login.LOOPBACK: True}  # fmt: skip
    return Request({**scope, PRINCIPAL: None if visit is None else of_ali(visit)})


def choose_language(visit: Visit) -> None:
    account_page._choose_language(request(visit), {"language": "fa"})


def change_password(visit: Visit) -> None:
    fields = {"old": PASSWORD, "password": OTHER, "again": OTHER}
    account_page._change(request(visit), fields)


def use_link(visit: Visit) -> None:
    with visit.centre.change(visit.now) as tx:
        secret = setup_links.make_setup_link(tx, "ali")
    setup_page._use(request(token=secret), {"password": OTHER, "again": OTHER})


def use_token(visit: Visit) -> None:
    with visit.centre.records.reading() as db:
        owner = principal(db.get_one(User, 1))
    forms.note_use(api_tokens.TokenBearer(owner, visit.about, True, frozenset()))


def see(visit: Visit) -> None:
    with visit.centre.change(visit.now) as tx:
        tx.db.get_one(LoginSession, 1).last_seen_at = 0
    forms.note_presence(of_ali(visit))


def offer(visit: Visit) -> None:
    server._offer_setup(visit.centre.site, "0.0.0.0", 8501)
    with visit.centre.records.reading() as db:
        assert accounts.open_setup_links(db, None, visit.now)


def command(name: str, *words: str) -> Door:
    return Door(
        f"{COMMAND}:user_{name.replace('-', '_')}", lambda v: v.command("user", name, *words)
    )


OWN_CHANGE = Door(f"{ACCOUNT}:_change", change_password)
OWN_LANGUAGE = Door(f"{ACCOUNT}:_choose_language", choose_language)
OWN_LEAVE = Door(f"{ACCOUNT}:_end_all", lambda v: account_page._end_all(of_ali(v)))
SIGN_OUT = Door(
    "dashboard.http.login_page:end_session", lambda v: login_page.end_session(request(v))
)
LOOK = Door(
    "dashboard.http.demo_login:look_as",
    lambda _: demo_login.look_as(request(), {"role": "manager"}),
)
SARA = Identity("https://id.example", "u-1", "sara", "Sara", ("viewer",))
BY_PROVIDER = Door("dashboard.http.oidc_page:_enter", lambda _: oidc_page._enter(request(), SARA))
LINK = Door(
    "dashboard.http.oidc_page:_write_link", lambda v: oidc_page._write_link(of_ali(v), SARA)
)
SET_UP = Door("dashboard.http.setup_page:_use", use_link)


def first_start(visit: Visit) -> None:
    hashed = passwords.hashed(PASSWORD)
    first = FirstPerson("reza", "Reza Karimi", hashed)
    assert begin_first_session(first, visit.centre.path, request()) is not None


FIRST_START = Door("dashboard.http.first_start.create:begin_first_session", first_start)

ACTIONS = [
    Action(
        "add somebody",
        users.add_user,
        "there is no role 'owner'",
        [command("add", "sara", "Sara", "--role", "owner")],
    ),
    Action("change the roles of nobody", users.change_roles, NOBODY,
           [command("role", "nobody", "--role", "viewer")]),
    Action("disable nobody", users.disable, NOBODY, [command("disable", "nobody")]),
    Action("enable nobody", users.enable, NOBODY, [command("enable", "nobody")]),
    Action("make a link for nobody", setup_links.make_setup_link, NOBODY,
           [command("reset", "nobody")]),
    Action("make a link for somebody new", setup_links.make_setup_link, "",
           [command("add", "sara", "Sara", "--role", "viewer")]),
    Action("make the first link", setup_links.make_first_link, "", [command("setup-link")]),
    Action("print the first link", setup_links.make_first_link, "",
           [Door("dashboard.http.server:_offer_setup", offer)]),
    Action("make the link of a first start", setup_links.make_first_link, "", [FIRST_START]),
    Action("use the link of a first start", setup_links.use_link, "", [FIRST_START]),
    Action("sign in at a first start", sessions.begin, "", [FIRST_START]),
    Action("make a token for nobody", api_tokens.make_token, NOBODY,
           [command("token", "nobody", "x", "--scope", "read")]),
    Action("revoke a token", api_tokens.revoke_token, "", [command("revoke", "1")], a_token),
    Action("use a token", api_tokens.use, "", [Door("dashboard.forms:note_use", use_token)],
           a_token),
    Action("choose ones language", users.choose_language, "", [OWN_LANGUAGE], ali),
    Action("change ones password", users.change_password, "", [OWN_CHANGE], ali),
    Action("find ones account", users.find, "", [OWN_CHANGE], ali),
    Action("begin again with another password", sessions.begin, "", [OWN_CHANGE], ali),
    Action("find who leaves", users.find, "", [OWN_LEAVE], ali),
    Action("sign out everywhere", users.end_sessions, "", [OWN_LEAVE], ali),
    Action("sign out", sessions.end, "", [SIGN_OUT], ali),
    Action("choose a password by a link", setup_links.use_link, "", [SET_UP], ali),
    Action("sign in by a provider", oidc.log_in_by_oidc, "", [BY_PROVIDER]),
    Action("link ones account to a provider", oidc.link_identity, "", [LINK], ali),
    Action("sign in by a link", sessions.begin, "", [SET_UP], ali),
    Action("look as a manager", users.new_demo_user, "", [LOOK], a_demo),
    Action("begin to look", sessions.begin, "", [LOOK], a_demo),
    Action("be there", sessions.see, "", [Door("dashboard.forms:note_presence", see)], ali),
]  # fmt: skip
