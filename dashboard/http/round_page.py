"""`/round`: one round through all rooms, on a phone, with or without a network.

Plain HTML that stands in the phone when the network is gone; `round.js` keeps what is typed there, asks
about it by what the page carries, and sends it when it can (`round_sending.py`). Over HTTPS a worker
(`round_worker.js`) lets the page be opened without a network, too.
"""

import json
from functools import cache, partial
from html import escape
from pathlib import Path
from typing import get_args

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from access.principal import Principal
from core.errors import StoreError
from core.schema.site import Site
from core.vocabulary.rounds import SkipReason
from dashboard import i18n
from dashboard.components.shared.accepted import limit_hints
from dashboard.http.fault_page import ACCEPTED
from dashboard.http.gate import PRINCIPAL
from dashboard.http.plain_page import HEADERS, plain_page
from dashboard.http.round_data import isolated, lines_data, spelling_data, title_of
from dashboard.http.round_style import STYLE
from dashboard.i18n import t, t_data
from dashboard.queries import rounds as round_queries
from dashboard.queries import stores
from dashboard.text import format as fmt
from maintenance.rounds.walk import RoundDevice, RoundValue
from storage.records.transaction import refusal

ROOM = Path(__file__).parent
ALLOWED = "script-src 'self'; connect-src 'self'; worker-src 'self'"
# Of a worker: what it may ask is its own policy's, not the page's.
WORKER_HEADERS = {
    **HEADERS,
    "Content-Security-Policy": "default-src 'none'; connect-src 'self'",
    "Service-Worker-Allowed": "../round",
}


def show(request: Request) -> Response:
    """What is due, room by room; all of it with `?all=1`."""
    site, now = stores.site(), stores.now()
    i18n.use(site.file.language)
    principal: Principal = request.scope[PRINCIPAL]
    if "enter readings" not in principal.rights:
        words = i18n.translate(refusal("enter readings").phrase)
        return plain_page(t("round.title"), f"<p>{escape(words)}</p>", 403)
    everything = "all" in request.query_params
    try:
        devices = round_queries.walk_now()
        shown = devices if everything else due_of(devices, now, site)
        bounds = round_queries.bounds_of(shown)
    except StoreError:
        return plain_page(t("round.title"), f"<p>{escape(t('round.unreadable'))}</p>", 503)
    body = _about(principal, devices, shown, now, everything=everything) + _rooms(shown, now)
    carried = {
        "now": now,
        "user": principal.user_id,
        "digits": fmt.PAGE.digits,
        "spelling": spelling_data(),
        "lines": lines_data(shown, bounds),
        "devices": {each.device.id: each.device.name for each in shown},
        "words": _script_words(),
    }
    end = f"{_end()}{_carried(carried)}"
    scripts = "".join(
        f'<script src="round/{name}.js" defer></script>' for name in ("rules", "clock", "round")
    )
    return plain_page(t("round.title"), body + end, head=STYLE + scripts, policy=ALLOWED)


def script(name: str, _request: Request) -> Response:
    """One of the scripts of the page."""
    headers = WORKER_HEADERS if name == "worker" else HEADERS
    return Response(_scripts()[name], headers=headers, media_type="text/javascript")


ROUTES = [
    Route("/round", show, methods=["GET"]),
    *(
        Route(f"/round/{name}.js", partial(script, name), methods=["GET"])
        for name in ("rules", "clock", "round", "worker")
    ),
]


@cache
def _scripts() -> dict[str, str]:
    files = {
        "rules": "round_rules.js",
        "clock": "round_clock.js",
        "round": "round.js",
        "worker": "round_worker.js",
    }
    return {name: (ROOM / file).read_text(encoding="utf-8") for name, file in files.items()}


def due_of(devices: list[RoundDevice], now: int, site: Site) -> list[RoundDevice]:
    """The same with what is due alone; a device of which nothing is, is passed by."""
    due = [
        RoundDevice(
            each.device, tuple(v for v in each.values if v.is_due(now, site)), each.supplied
        )
        for each in devices
    ]
    return [each for each in due if each.values]


def _about(
    principal: Principal,
    devices: list[RoundDevice],
    shown: list[RoundDevice],
    now: int,
    *,
    everything: bool,
) -> str:
    """Whose round it is, how much of it, and the ways to the rest."""
    count = sum(len(each.values) for each in shown)
    total = sum(len(each.values) for each in devices)
    moment = fmt.exact(now, stores.site())
    lines = [t("round.who", who=principal.full_name, when=moment)]
    lines.append(t("round.count", count=count, total=total) if total else t("round.none"))
    about = "".join(f'<p class="about">{escape(line)}</p>' for line in lines)
    other = ("round", "round.due") if everything else ("round?all=1", "round.all")
    links = (
        other,
        ("round/paper", "round.paper"),
        ("round/sheet.pdf", "round.sheet"),
        ("rounds", "round.correct"),
    )
    ways = "".join(f'<a href="{to}">{escape(t(words))}</a>' for to, words in links)
    return (
        f'{about}<nav>{ways}</nav><p id="stay" class="stay" hidden>{escape(t("round.stay"))}</p>'
        f'<noscript><p class="wrong">{escape(t("round.no_script"))}</p></noscript>'
    )


def _rooms(devices: list[RoundDevice], now: int) -> str:
    """The devices below their rooms, in the order of walking."""
    parts, room = list[str](), None
    for each in devices:
        if each.device.room != room:
            room = each.device.room
            parts.append(f"<h2>{escape(room or t('round.no_room'))}</h2>")
        parts.append(_device(each, now))
    return "".join(parts)


def _device(each: RoundDevice, now: int) -> str:
    device = each.device
    lines = "".join(_line(value, now) for value in each.values)
    supplied = ", ".join(
        f"{t_data(device.profile.metrics[reading.metric].title)} "
        f"{isolated(fmt.with_unit(reading.value, device.profile.metrics[reading.metric]))} "
        f"({fmt.age(reading.at, now)})"
        for reading in each.supplied
        if reading.metric in device.profile.metrics
    )
    about = f'<p class="hint">{escape(t("round.brought", values=supplied))}</p>' if supplied else ""
    photo = round_queries.panel_photo(device.id)
    last = f'<a href="round/photo/{photo}">{escape(t("round.last_photo"))}</a>' if photo else ""
    last += f'<a href="rounds?device={escape(device.id)}">{escape(t("round.correct_short"))}</a>'
    return f"""<section data-device="{escape(device.id)}"><h3>{escape(device.name)}</h3>{about}
<div class="tools"><label class="photo">{escape(t("round.photo"))}<input type="file" accept="{ACCEPTED}" capture="environment"></label>{last}
{_skip(t("round.skip_device"))}</div><p class="state" role="status"></p>{lines}</section>"""


def _line(value: RoundValue, now: int) -> str:
    """What it is, what is known of it, and the box for it."""
    metric, code = value.about, value.code
    unit = f" <small><bdi>{escape(t_data(metric.unit))}</bdi></small>" if metric.unit else ""
    hints = [metric.where] if metric.where else []
    hints += limit_hints(value.accepted, metric.unit)
    if value.last is not None and value.accepted.broken_by(value.last.value) is not None:
        hints.append(t("round.was_outside"))
    if value.last is not None:
        words = isolated(fmt.with_unit(value.last.value, metric))
        hints.append(t("round.last", value=words, age=isolated(fmt.age(value.last.at, now))))
    hint = " · ".join(f"<bdi>{escape(hint)}</bdi>" for hint in hints)
    return f"""<div class="line" data-code="{code}"><label for="v{code}"><bdi>{escape(title_of(value))}</bdi>{unit}</label>
<p class="hint">{hint}</p><div class="entry">{_box(value)}{_skip(t("round.skip_short"))}</div>
<p class="state" role="status"></p>
<label class="sure" hidden><input type="checkbox"> {escape(t("round.sure"))}</label></div>"""


def _box(value: RoundValue) -> str:
    name = f"v{value.code}"
    if not value.about.states:
        return f'<input id="{name}" type="text" inputmode="decimal" autocomplete="off" maxlength="60" dir="ltr">'
    options = "".join(
        f'<option value="{state}">{escape(t_data(word))}</option>'
        for state, word in value.about.states.items()
    )
    return f'<select id="{name}" class="value"><option value=""></option>{options}</select>'


def _skip(first: str) -> str:
    reasons = "".join(
        f'<option value="{escape(reason)}">{escape(t_data(reason))}</option>'
        for reason in get_args(SkipReason)
    )
    label = escape(t("round.skip"))
    return f'<select class="skip" aria-label="{label}" title="{label}"><option value="">{escape(first)}</option>{reasons}</select>'


def _end() -> str:
    """What became of the round; the script fills it."""
    return f"""<h2>{escape(t("round.end"))}</h2><p id="progress"></p><ul id="outside"></ul>
<ul id="elsewhere"></ul><footer><p id="kept" role="status"></p></footer>"""


def _carried(carried: dict[str, object]) -> str:
    """Data in the page: no script, and nothing in it ends the element."""
    text = json.dumps(carried, ensure_ascii=False).replace("<", "\\u003c")
    return f'<script type="application/json" id="round">{text}</script>'


def _script_words() -> dict[str, str]:
    """What the script writes, with places for its numbers."""
    return {
        "in_limits": t("round.in_limits"),
        "kept": t("round.kept"),
        "kept_count": t("round.kept_count", count="{count}"),
        "sent": t("round.sent"),
        "all_sent": t("round.all_sent"),
        "nothing": t("round.nothing"),
        "asked_count": t("round.asked_count", count="{count}"),
        "progress": t("round.progress", count="{count}", total="{total}"),
        "signed_out": t("round.signed_out"),
        "sign_in": t("login.title"),
        "other": t("round.other", count="{count}"),
        "full": t("round.full"),
        "report": t("round.report"),
        "call": t("round.call"),
        "skipped": t("round.skipped", reason="{reason}"),
        "photo": t("round.photo_kept"),
        "no_photo": t("round.no_photo"),
        "unsent": t("round.unsent"),
        "drop": t("round.drop"),
    }
