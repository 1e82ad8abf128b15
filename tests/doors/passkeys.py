"""Passkeys: what everybody does with their own, at the name of the site."""

from starlette.requests import Request

from access import passkeys
from access.passkeys import Answer, relying_party
from dashboard.http import cookies, passkey_form
from dashboard.http.gate import PRINCIPAL
from dashboard.queries import stores
from tests.access.software_key import SoftwareKey
from tests.dashboard.centre import Centre
from tests.doors.access import PASSWORD, ali, of_ali
from tests.doors.table import Action, Door, Visit

PLACE = "dashboard.http.passkey_form"
KEY = SoftwareKey("localhost", "http://localhost")


def with_key(centre: Centre, now: int) -> int:
    """Ali has a key."""
    number = named(centre, now)
    party = relying_party(stores.site())
    assert party is not None
    with centre.change(now) as tx:
        answer = Answer(KEY.registered(b"the first challenge"), b"the first challenge")
        passkeys.add_passkey(tx, "ali", "telephone", answer, party)
    return number


def named(centre: Centre, now: int) -> int:
    """The site has a name."""
    object.__setattr__(stores.site().file.http, "public_url", "http://localhost")
    return ali(centre, now)


def request(visit: Visit) -> Request:
    """Ali's, by the name of the site, from a browser that has a form."""
    cookie = f"scanward-form={cookies.signed('form', 'x')}"
    headers = [(b"host", b"localhost"), (b"cookie", cookie.encode())]
    scope = {"type": "http", "method": "POST", "scheme": "http", "path": "/", "headers": headers,
             "query_string": b"", "client": ("127.0.0.1", 1), PRINCIPAL: of_ali(visit)}  # fmt: skip
    return Request(scope)


def add(visit: Visit) -> None:
    own = request(visit)
    challenge = passkey_form._challenge(own, "passkey new")
    fields = {"credential": KEY.registered(challenge), "key_name": "telephone", "old": PASSWORD}
    passkey_form.add(own, fields)


def log_in(visit: Visit) -> None:
    own = request(visit)
    challenge = passkey_form._challenge(own, "passkey login")
    passkey_form.log_in(own, {"credential": KEY.signed(challenge)})


ADD = Door(f"{PLACE}:add", add)
LOG_IN = Door(f"{PLACE}:log_in", log_in)
REMOVE = Door(f"{PLACE}:remove", lambda v: passkey_form.remove(request(v), {"passkey": "1"}))

ACTIONS = [
    Action("add a passkey", passkeys.add_passkey, "", [ADD], named),
    Action("sign in with a passkey", passkeys.log_in_by_passkey, "", [LOG_IN], with_key),
    Action("remove a passkey", passkeys.remove_passkey, "", [REMOVE], with_key),
    Action("remove no passkey", passkeys.remove_passkey, "there is no passkey 1", [REMOVE], named),
]
