"""What `/login` and `/account` show of passkeys, and what they do with an answer.

A challenge is a text with the site's signature: what for, for which browser, and when. So who asks for a thousand
of them fills nothing; only one that was answered is kept, until its time is over.
"""

import json
from html import escape
from pathlib import Path

from starlette.requests import Request

from access import passkeys, passwords
from access.login import NewLogin
from access.passkeys import Answer, RelyingParty
from access.principal import Author, Principal
from access.secret import new_secret
from core.errors import RefusedError
from dashboard import forms
from dashboard.http import cookies
from dashboard.http.gate import PRINCIPAL, address_of
from dashboard.http.plain_form import binding_of
from dashboard.i18n import t
from dashboard.queries import stores
from dashboard.text import format as fmt
from storage.records import User
from storage.records import passkeys as rows

SCRIPT = (Path(__file__).parent / "passkey.js").read_text(encoding="utf-8")
WHO = "login"  # in the audit
_LOGIN, _NEW = "passkey login", "passkey new"  # what a challenge is good for


def login_options(request: Request) -> str:
    """JSON for the browser. RefusedError where there are no passkeys."""
    return passkeys.login_options(_party(request), _challenge(request, _LOGIN))


def registration_options(request: Request) -> str:
    """JSON for the browser of who is signed in. RefusedError where there are no passkeys."""
    principal: Principal = request.scope[PRINCIPAL]
    party, challenge = _party(request), _challenge(request, _NEW)
    with stores.records().reading() as db:
        user = db.get_one(User, principal.user_id)
        keys = rows.passkeys_of(db, user.id)
        return passkeys.registration_options(party, user, keys, challenge)


def log_in(request: Request, fields: dict[str, str]) -> NewLogin:
    """Begin a session. RefusedError if the key proves nothing."""
    party, answer = _party(request), _answer(request, _LOGIN, fields)
    address, agent = address_of(request.scope), request.headers.get("user-agent", "")
    with forms.writing(Author(WHO, frozenset(), address)) as tx:
        return passkeys.log_in_by_passkey(tx, answer, party, address, agent)


def add(request: Request, fields: dict[str, str]) -> None:
    """A key more. Who has a password says it: a telephone left open is not enough."""
    principal: Principal = request.scope[PRINCIPAL]
    party, answer = _party(request), _answer(request, _NEW, fields)
    with stores.records().reading() as db:
        known = db.get_one(User, principal.user_id).password_hash
    if known and not passwords.is_right(fields.get("old", ""), known):
        raise RefusedError("the old password is wrong")
    with forms.writing(principal.author) as tx:
        passkeys.add_passkey(tx, principal.name, fields.get("key_name", ""), answer, party)


def remove(request: Request, fields: dict[str, str]) -> None:
    """A key less."""
    principal: Principal = request.scope[PRINCIPAL]
    number = fields.get("passkey", "")
    with forms.writing(principal.author) as tx:
        passkeys.remove_passkey(tx, principal.name, int(number) if number.isdecimal() else 0)


def is_offered(request: Request) -> bool:
    """Has the site a name for browsers, and was this page opened by it?"""
    party = passkeys.relying_party(stores.site())
    return party is not None and request.url.hostname == party.id


def login_button(request: Request, hidden: str) -> str:
    """Shown by the script; without it there is the password."""
    if not is_offered(request):
        return ""
    return f"""<form method="post" action="login" data-passkey="login/passkey" hidden>{hidden}{_credential()}
<button>{escape(t("passkey.enter"))}</button></form>"""


def account_section(request: Request, top: str, hidden: str) -> str:
    """One's own keys, and a form for another; or why there is none."""
    principal: Principal = request.scope[PRINCIPAL]
    site = stores.site()
    with stores.records().reading() as db:
        keys = rows.passkeys_of(db, principal.user_id)
    listed = "".join(
        f"""<li>{escape(t("passkey.place", name=key.name, since=fmt.exact(key.made_at, site)))}
<form method="post" action="{top}account/passkey/remove">{hidden}
<input type="hidden" name="passkey" value="{key.id}"><button>{escape(t("passkey.remove"))}</button></form></li>"""
        for key in keys
    )
    return (
        f"<h2>{escape(t('passkey.title'))}</h2><ul>{listed}</ul>{_new_form(request, top, hidden)}"
    )


def _new_form(request: Request, top: str, hidden: str) -> str:
    party = passkeys.relying_party(stores.site())
    if party is None:
        return f'<p class="about">{escape(t("passkey.no_name"))}</p>'
    if not is_offered(request):
        return f'<p class="about">{escape(t("passkey.elsewhere", url=party.origin))}</p>'
    return f"""<form method="post" action="{top}account/passkey" data-passkey="{top}account/passkey" hidden>{hidden}
{_credential()}
<label for="key_name">{escape(t("passkey.name"))}</label>
<input id="key_name" name="key_name" type="text" maxlength="{passkeys.LONGEST_NAME}" required>
<label for="key_old">{escape(t("account.old"))}</label>
<input id="key_old" name="old" type="password" autocomplete="current-password" maxlength="200">
<button>{escape(t("passkey.add"))}</button></form>"""


def _credential() -> str:
    return (
        '<input type="hidden" name="credential">'
        f'<p class="wrong" role="alert" hidden>{escape(t("passkey.failed"))}</p>'
    )


def _party(request: Request) -> RelyingParty:
    party = passkeys.relying_party(stores.site())
    if party is None or not is_offered(request):
        raise RefusedError("there are no passkeys at this address")
    return party


def _challenge(request: Request, purpose: str) -> bytes:
    binding = binding_of(request)
    if binding is None:
        raise RefusedError("there are no passkeys at this address")
    return cookies.signed(purpose, json.dumps([binding, new_secret()])).encode()


def _answer(request: Request, purpose: str, fields: dict[str, str]) -> Answer:
    """RefusedError unless its challenge was this browser's, for this purpose, and just now."""
    credential = fields.get("credential", "")
    challenge = passkeys.challenge_in(credential)
    value = cookies.signed_value(purpose, challenge, passkeys.VALID_FOR)
    if value is None or json.loads(value)[0] != binding_of(request):
        raise RefusedError("this form is too old: fill it in once more")
    return Answer(credential, challenge.encode())
