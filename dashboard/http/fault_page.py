"""The form for faults as a page: chips to press, a photo, what was done already, how to call back."""

from html import escape

from starlette.responses import Response

from access.secret import new_secret
from core.schema.site import Device
from dashboard import i18n
from dashboard.http.fault_fields import PAGE_LENGTH, FaultFields
from dashboard.http.plain_page import plain_page
from dashboard.i18n import joined, t, t_data

LONGEST, LONGEST_NAME = 2000, 80  # characters
# A telephone that keeps its photos as HEIC sends these instead where it reads this.
ACCEPTED = "image/jpeg,image/png,image/webp"

_STYLE = """<style>
.chips { display: grid; grid-template-columns: 1fr 1fr; gap: 0.45rem; }
.chips legend { grid-column: 1 / -1; }
.chips label { margin: 0; padding: 0.55rem 0.6rem; gap: 0.5rem; line-height: 1.25; font-size: 0.95rem; }
fieldset label:has(input:checked) { border-color: #0f6674; box-shadow: inset 0 0 0 1px #0f6674; background: #0f667422; }
fieldset input { flex: none; }
input[type=file] { width: 100%; margin: 0 0 1.1rem; font: inherit; }
input[type=tel] { box-sizing: border-box; width: 100%; font: inherit; padding: 0.6rem 0.7rem; border: 1px solid #8a99a3;
  border-radius: 0.5rem; margin: 0 0 1.1rem; }
canvas { display: block; max-width: 100%; max-height: 14rem; border-radius: 0.5rem; margin: -0.4rem 0 1.1rem; }
canvas[hidden] { display: none; }
label small { font-weight: 400; opacity: 0.75; }
</style>"""


def form_page(device: Device, fields: FaultFields, wrong: str = "", status: int = 200) -> Response:
    """The form with what was typed in it."""
    page = fields.page if len(fields.page) == PAGE_LENGTH else new_secret()
    error = f'<p class="wrong" role="alert">{escape(wrong)}</p>' if wrong else ""
    body = f"""{error}<form method="post" enctype="multipart/form-data" action="{device.id}" accept-charset="utf-8">
<input type="hidden" name="page" value="{escape(page)}" autocomplete="off">
{_chips(device, fields)}{_area("text", "fault.words" if device.profile.usual_faults else "fault.what", fields.text, 3)}
{_states(fields)}{_area("tried", "fault.tried", fields.tried, 2)}
{_line("phone", "tel", "fault.phone", fields.phone)}{_line("name", "text", "fault.name", fields.name)}
<label for="photo">{escape(t("fault.photo"))}</label>
<input id="photo" name="photo" type="file" accept="{ACCEPTED}">
<p class="about">{escape(t("fault.no_patient"))}</p>
<button>{escape(t("fault.send"))}</button></form>"""
    title = t("fault.title", device=device.name)
    script = "photo.js"  # beside this page
    return plain_page(title, about(device) + body, status, _STYLE, script_file=script)


def unknown_page() -> Response:
    """There is no such device."""
    return plain_page(t("fault.unknown_title"), f"<p>{escape(t('fault.unknown'))}</p>", 404)


def about(device: Device) -> str:
    """What it is and where."""
    texts = (t_data(device.profile.title), device.room, device.id)
    return f'<p class="about">{escape(joined(text for text in texts if text))}</p>'


def _chips(device: Device, fields: FaultFields) -> str:
    chips = "".join(
        f'<label><input type="checkbox" name="fault" value="{escape(usual.en)}"'
        f"{' checked' if usual.en in fields.usual_faults else ''}>"
        f"{escape(usual.in_language(i18n.language()))}</label>"
        for usual in device.profile.usual_faults
    )
    legend = f"<legend>{escape(t('fault.what'))}</legend>"
    return f'<fieldset class="chips">{legend}{chips}</fieldset>' if chips else ""


def _states(fields: FaultFields) -> str:
    words = {
        "usable": t("fault.usable"),
        "partial": t("fault.partial"),
        "down": t("fault.down"),
    }
    choices = "".join(
        f'<label><input type="radio" name="state" value="{key}" required'
        f"{' checked' if fields.state == key else ''}>{escape(word)}</label>"
        for key, word in words.items()
    )
    return f"<fieldset><legend>{escape(t('fault.state'))}</legend>{choices}</fieldset>"


def _area(name: str, key: str, text: str, rows: int) -> str:
    # A line end right after the tag is none of the text.
    return (
        f'<label for="{name}">{escape(t(key))}</label>'
        f'<textarea id="{name}" name="{name}" rows="{rows}" maxlength="{LONGEST}" dir="auto">\n{escape(text)}</textarea>'
    )


def _line(name: str, kind: str, key: str, text: str) -> str:
    return (
        f'<label for="{name}">{escape(t(key))}</label>'
        f'<input id="{name}" name="{name}" type="{kind}" maxlength="{LONGEST_NAME}" value="{escape(text)}">'
    )
