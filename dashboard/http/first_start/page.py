"""The one page of the first start: five questions and the first person, plain HTML, without a script."""

from collections.abc import Mapping
from html import escape
from pathlib import Path

from starlette.responses import Response

from access import passwords
from core.text.languages import name_of
from core.text.phrase import Phrase
from dashboard import i18n
from dashboard.http.first_start.answers import LANGUAGES, SCREEN
from dashboard.http.first_start.channel_url import MAIL, NTFY_TOPIC, WEBHOOK
from dashboard.http.first_start.machine import zone_here, zones
from dashboard.http.plain_page import plain_page
from dashboard.i18n import t

# Only what belongs to the chosen way is shown; a browser that does not know :has() shows all.
_STYLE = """<style>
input[type=email], input[type=url] { box-sizing: border-box; width: 100%; font: inherit; padding: 0.6rem 0.7rem;
  border: 1px solid #8a99a3; border-radius: 0.5rem; margin: 0 0 1.1rem; }
p.hint { margin: -0.8rem 0 1.1rem; opacity: 0.75; font-size: 0.9rem; }
p.wrong { margin: 0 0 0.8rem; }
p.wrong::first-letter { text-transform: none; }
p.after { margin: 0.8rem 0 0; opacity: 0.75; }
nav a { display: inline-block; padding: 0.4rem 0.6rem; }
section { border-top: 1px solid #8a99a355; padding-top: 0.4rem; }
@supports selector(:has(*)) {
  .of-webhook, .of-ntfy, .of-mail { display: none; }
  form:has(#channel-webhook:checked) .of-webhook, form:has(#channel-ntfy:checked) .of-ntfy,
  form:has(#channel-mail:checked) .of-mail { display: block; }
}
</style>"""


def first_page(
    site_path: Path,
    data: Path,
    fields: Mapping[str, str],
    mistakes: Mapping[str, Phrase],
    status: int = 200,
) -> Response:
    """The form, with what was typed before (no password) and what is wrong with it."""
    page = _Form(fields, mistakes)
    body = f"""{_languages()}<p class="about">{escape(t("first.about", file=site_path))}</p>{page.wrong("file")}
<form method="post" accept-charset="utf-8">
<input type="hidden" name="language" value="{i18n.language()}">
<section><h2>1. {escape(t("first.name"))}</h2>{page.wrong("site_name")}{page.box("site_name", "name_hint")}</section>
<section><h2>2. {escape(t("first.zone"))}</h2>{page.wrong("zone")}{page.box("zone", "zone_hint", zone_here(), more='list="zones" dir="ltr"')}
<datalist id="zones">{"".join(f'<option value="{escape(name)}">' for name in zones())}</datalist></section>
<section><h2>3. {escape(t("first.language"))}</h2><p>{escape(t("first.language_is", language=name_of(i18n.language())))}</p></section>
<section><h2>4. {escape(t("first.backup"))}</h2>{page.wrong("backup")}{page.box("backup", "backup_hint", more='dir="ltr"')}
<fieldset><label><input type="checkbox" name="same_disk" {page.checked("same_disk", "on")}>{escape(t("first.same_disk"))}</label></fieldset></section>
<section><h2>5. {escape(t("first.channel"))}</h2>{page.wrong("channel")}{_channel(page)}</section>
<section><h2>{escape(t("first.person"))}</h2><p class="about">{escape(t("setup.first"))}</p>{page.wrong("person")}{_person(page)}</section>
<button>{escape(t("first.enter"))}</button><p class="after">{escape(t("first.wait", folder=data))}</p></form>"""
    return plain_page(t("first.title"), body, status, head=_STYLE)


class _Form:
    """What was typed, and what is wrong with it."""

    def __init__(self, fields: Mapping[str, str], mistakes: Mapping[str, Phrase]) -> None:
        self._fields = fields
        self._mistakes = mistakes

    def wrong(self, field: str) -> str:
        """Why what was typed there will not do."""
        phrase = self._mistakes.get(field)
        if phrase is None:
            return ""
        return f'<p class="wrong" role="alert">{escape(i18n.translate(phrase))}</p>'

    def box(self, field: str, hint: str = "", first: str = "", more: str = "") -> str:
        """A line of text, named for screen readers by its heading."""
        value = escape(self._fields.get(field, first))
        label = escape(t(f"first.{_HEADINGS[field]}"))
        is_wrong = ' aria-invalid="true"' if field in self._mistakes else ""
        words = f'<p class="hint">{escape(t(f"first.{hint}"))}</p>' if hint else ""
        return (
            f'<input type="text" name="{field}" aria-label="{label}" maxlength="400" value="{value}"'
            f" {more}{is_wrong}>{words}"
        )

    def labelled(self, field: str, label: str, more: str = 'dir="ltr"') -> str:
        """A line of text below its label."""
        kind = "password" if "password" in field or field == "again" else "text"
        value = "" if kind == "password" else escape(self._fields.get(field, ""))
        return (
            f'<label for="{field}">{escape(label)}</label><input id="{field}" name="{field}"'
            f' type="{kind}" maxlength="400" value="{value}" {more}>'
        )

    def checked(self, field: str, value: str, first: str = "") -> str:
        """Whether that was chosen."""
        return "checked" if self._fields.get(field, first) == value else ""


_HEADINGS = {"site_name": "name", "zone": "zone", "backup": "backup"}


def _languages() -> str:
    links = (
        f'<a href="?language={code}" lang="{code}" {"aria-current=true" if code == i18n.language() else ""}>{name_of(code)}</a>'
        for code in LANGUAGES
    )
    return f"<nav>{' · '.join(links)}</nav>"


def _channel(page: _Form) -> str:
    ways = "".join(
        f'<label><input type="radio" name="channel" id="channel-{kind}" value="{kind}"'
        f" {page.checked('channel', kind, SCREEN)}>{escape(t(f'first.channel_{kind}'))}</label>"
        for kind in (SCREEN, MAIL, WEBHOOK, NTFY_TOPIC)
    )
    mail = "".join(
        page.labelled(field, t(f"first.{field}"))
        for field in ("mail_to", "mail_server", "mail_user", "mail_password")
    )
    return (
        f'<fieldset role="radiogroup">{ways}</fieldset><div class="of-mail">{mail}</div>'
        f'<div class="of-webhook">{page.labelled("webhook", t("first.webhook"))}</div>'
        f'<div class="of-ntfy">{page.labelled("ntfy", t("first.ntfy"))}</div>'
    )


def _person(page: _Form) -> str:
    new = 'autocomplete="new-password" required'
    return (
        page.labelled("full_name", t("setup.full_name"), 'autocomplete="name" required')
        + page.labelled(
            "name",
            t("setup.name"),
            'autocomplete="username" autocapitalize="none" dir="ltr" required',
        )
        + page.labelled("password", t("setup.password", count=passwords.SHORTEST), new)
        + page.labelled("again", t("setup.again"), new)
    )
