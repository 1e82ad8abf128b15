"""The case as a supplier sees it: a page in few bytes, without a script, in the language of the link.

What matters most comes first, for over 9.6 kbit/s a page takes many seconds.
"""

from collections.abc import Sequence
from html import escape

from alerts.evaluation.reason_words import NumberWriter, forecast_sentences, reason_sentences
from core.schema.metric import Metric
from core.text.catalogue import Catalogue
from core.text.evidence_words import CARRIERS
from core.time.clock import SECOND
from dashboard.components.device.values import basis_tip
from dashboard.http.answers import answers_html
from dashboard.queries import stores
from dashboard.queries.vendor_case import VendorCase
from dashboard.text import format as fmt
from dashboard.text.labels import CLINICAL, TICKET_STATES
from maintenance.bundle.chart import chart, colour
from maintenance.bundle.content import BundledCurve
from maintenance.bundle.format import local, number, quantity, utc
from maintenance.tickets.uploads import KINDS
from maintenance.work_orders.attachments import LARGEST
from storage.records import Alert, File, SupplierQuestion, TicketMessage

LONGEST_REPLY = 10_000  # characters
MOST_SHOWN = 6_000  # characters of the thread, unless all of it is asked for
HEAD = """<style>svg{width:100%;height:auto;background:#fff;font-size:11px}pre{white-space:pre-wrap;font:inherit;margin:.2rem 0 .9rem}
summary{padding:.6rem 0;font-weight:600}fieldset input{flex:none}dl{display:grid;grid-template-columns:auto 1fr;gap:.15rem .8rem;margin:0}dd{margin:0}.in{border-inline-start:3px solid #0f6674;padding-inline-start:.6rem}</style>"""


def case_body(
    case: VendorCase,
    words: Catalogue,
    path: str,
    *,
    whole: bool,
    done: bool,
    live_until: int | None,
) -> str:
    """The page's content; `path` is its last part, to which its links are relative."""
    return "".join(
        (
            _notice("supplier.done", words) if done else "",
            _notice("supplier.case_closed", words) if case.ticket.state == "closed" else "",
            _live(words, path, live_until),
            _alert(case, words),
            _facts(case, words),
            _thread(case, words, path, whole=whole),
            _reply(words, path),
            _questions(case, words, path),
            _files(case, words, path),
            _upload(words, path),
            _charts(case, words),
        )
    )


def at_utc(at: int) -> str:
    """Isolated (UAX 9): in a Dari sentence the date would come to stand behind the time."""
    return f"\u2066{utc(at // SECOND * SECOND)}\u2069"


def _notice(key: str, words: Catalogue) -> str:
    return f'<p class="done" role="status">{escape(words.text(key))}</p>'


def _live(words: Catalogue, path: str, until: int | None) -> str:
    """The way to the live values while they are open."""
    if until is None:
        return ""
    return f'<p><a href="{path}/live">{escape(words.text("supplier.live_link", until=at_utc(until)))}</a></p>'


def _alert(case: VendorCase, words: Catalogue) -> str:
    """What is wrong: what it was, and what was expected."""
    alert, zone = case.alert, stores.site().zone
    if alert is None:
        return ""
    metric = case.device.profile.metrics.get(alert.metric) or Metric(title=alert.metric)
    lines = [
        words.text("supplier.began", utc=utc(alert.began_at), local=local(alert.began_at, zone)),
        words.text("supplier.ended", utc=utc(alert.ended_at)) if alert.ended_at else words.text("supplier.lasts"),
        _worst(alert, metric, words),
    ]  # fmt: skip
    text = " · ".join(line for line in lines if line)
    title = words.data(alert.title)
    why = "".join(f"<br><b>{escape(line)}</b>" for line in _why(case, metric, words))
    return f"<p><b>{escape(title)}</b><br>{escape(text)}{why}</p>"


def _worst(alert: Alert, metric: Metric, words: Catalogue) -> str:
    """How far it went."""
    if alert.value is None:
        return ""
    was = quantity(alert.value, metric)
    if alert.limit is None or metric.kind == "state":
        return words.text("supplier.was", was=was)
    return words.text("supplier.limit", was=was, limit=quantity(alert.limit, metric))


def _why(case: VendorCase, metric: Metric, words: Catalogue) -> list[str]:
    """What was judged, when the limit is reached, and whose limit it is. Times are UTC."""
    if case.reason is None or case.alert is None:
        return []
    profile = case.device.profile

    def name(carrier: str) -> str:
        known = profile.metrics.get(carrier)
        return words.translate(CARRIERS.get(carrier, known.title if known else carrier))

    write = NumberWriter(
        value=lambda value: quantity(value, metric),
        span=fmt.span,
        moment=at_utc,
        day=lambda at: f"\u2066{utc(at)[:10]}\u2069",
        name=name,
        number=number,
    )
    phrases = reason_sentences(case.reason, write)
    if case.alert.ended_at is None:
        phrases += forecast_sentences(case.reason.forecast, write, case.request.end)
    rule = stores.site().rule(case.alert.device, case.alert.rule)
    basis = [] if rule is None else [basis_tip(rule)]
    return [*map(words.translate, phrases), *basis]


def _facts(case: VendorCase, words: Catalogue) -> str:
    device = case.device
    pairs = [
        (words.text("supplier.device"), words.data(device.profile.title)),
        (words.text("supplier.name"), device.name),
        (words.text("supplier.serial"), device.serial),
        (words.text("supplier.site"), stores.site().file.name),
        (words.text("supplier.clinical"), words.text(CLINICAL[case.ticket.clinical_state])),
        (words.text("supplier.state"), words.text(TICKET_STATES[case.ticket.state])),
        (words.text("supplier.case"), case.ticket.vendor_case),
        *((words.translate(fact.label), fact.value) for fact in case.facts),
    ]
    items = "".join(
        f'<dt>{escape(label)}</dt><dd dir="auto">{escape(text)}</dd>'
        for label, text in pairs
        if text
    )
    return f"<h2>{escape(words.text('supplier.facts'))}</h2><dl>{items}</dl>"


def _thread(case: VendorCase, words: Catalogue, path: str, *, whole: bool) -> str:
    shown, left = list(case.messages), MOST_SHOWN
    if not whole:
        shown = []
        for message in reversed(case.messages):
            if left <= 0:
                break
            shown.insert(0, message)
            left -= len(message.text)
    items = "".join(_message(case, message, words, whole=whole) for message in shown)
    more = ""
    if len(shown) < len(case.messages) or left < 0:
        more = f'<p><a href="{path}?all=1">{escape(words.text("supplier.all"))}</a></p>'
    return f"<h2>{escape(words.text('supplier.thread'))}</h2>{more}{items}"


def _message(case: VendorCase, message: TicketMessage, words: Catalogue, *, whole: bool) -> str:
    is_theirs = message.direction == "in"
    who = case.vendor.name if is_theirs else stores.site().file.name
    text = message.text
    if not whole and len(text) > MOST_SHOWN:
        text = f"{text[:MOST_SHOWN]}…"
    about = f"{who} · {utc(message.at // SECOND * SECOND)}"
    looks = ' class="in"' if is_theirs else ""
    return f'<div{looks}><small>{escape(about)}</small><pre dir="auto">{escape(text)}</pre></div>'


def _reply(words: Catalogue, path: str) -> str:
    return f"""<form method="post" action="{path}" accept-charset="utf-8">
<label for="text">{escape(words.text("supplier.reply"))}</label>
<textarea id="text" name="text" rows="5" dir="auto" maxlength="{LONGEST_REPLY}" required></textarea>
<p class="about">{escape(words.text("supplier.no_patient"))}</p>
<button>{escape(words.text("supplier.send"))}</button></form>"""


def _questions(case: VendorCase, words: Catalogue, path: str) -> str:
    """What was asked of who stands at the device, and the list to ask from."""
    language = words.language
    items = "".join(_question(question, words) for question in case.questions)
    listed = case.device.profile.vendor_questions
    form = ""
    if listed and case.ticket.state != "closed":
        # No list that drops down: it cuts long lines off.
        choices = "".join(
            f'<label><input type="radio" name="question" value="{row.id}" required>'
            f"<span>{escape(row.in_language(language))}</span></label>"
            for row in listed
        )
        form = f"""<details><summary>{escape(words.text("supplier.ask"))}</summary>
<form method="post" action="{path}/questions"><fieldset>{choices}</fieldset>
<button>{escape(words.text("supplier.ask_it"))}</button></form></details>"""
    if not items and not form:
        return ""
    return f"<h2>{escape(words.text('supplier.questions'))}</h2>{items}{form}"


def _question(question: SupplierQuestion, words: Catalogue) -> str:
    """One, with its answer; what was corrected is struck through."""
    head = f'<p><b dir="auto">{escape(question.words(words.language))}</b></p>'
    if not question.answers:
        return f"{head}<p><small>{escape(words.text('supplier.unanswered'))}</small></p>"
    return head + answers_html(question.answers, lambda row: at_utc(row.at))


def _files(case: VendorCase, words: Catalogue, path: str) -> str:
    if not case.bundles and not case.uploads:
        return ""
    links = "".join(
        f'<li><a href="{path}/files/{file.id}" download>{escape(file.name)}</a> {_size(file)}</li>'
        for file in case.bundles
    )
    own = "".join(f"<li>{escape(file.name)} {_size(file)}</li>" for file in case.uploads)
    about = escape(words.text("supplier.resume"))
    return f'<h2>{escape(words.text("supplier.files"))}</h2><p class="about">{about}</p><ul>{links}{own}</ul>'


def _upload(words: Catalogue, path: str) -> str:
    kinds = words.text("supplier.kinds", kinds=", ".join(KINDS), most=LARGEST // 1_000_000)
    return f"""<form method="post" action="{path}/files" enctype="multipart/form-data">
<label for="file">{escape(words.text("supplier.upload"))}</label><p><input id="file" name="file" type="file" required></p>
<p class="about">{escape(kinds)}</p><button>{escape(words.text("supplier.send_file"))}</button></form>"""


def _size(file: File) -> str:
    return f'<small dir="ltr">{-(-file.size // 1000)} kB</small>'


def _charts(case: VendorCase, words: Catalogue) -> str:
    items = "".join(_figure(curves, case) for curves in case.charts)
    return f"<h2>{escape(words.text('supplier.charts'))}</h2>{items}" if items else ""


def _figure(curves: Sequence[BundledCurve], case: VendorCase) -> str:
    metric = curves[0].metric
    names = [curve.component for curve in curves if curve.component]
    legend = " ".join(
        f'<span style="color:{colour(index)}">{escape(name)}</span>'
        for index, name in enumerate(names)
    )
    title = escape(f"{metric.title}, {metric.unit}" if metric.unit else metric.title)
    drawing = chart(curves, case.request, stores.site().zone)
    return f'<div dir="ltr"><small>{title} {legend}</small>{drawing}</div>'
