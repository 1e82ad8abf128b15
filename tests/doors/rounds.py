"""The round: from a phone, from paper, by a command or a program."""

import json
import re
from datetime import timedelta
from html import unescape

from starlette.requests import Request
from starlette.responses import Response

from core.errors import RefusedError
from core.time.clock import from_ms
from dashboard.http import round_paper, round_sending
from dashboard.http.api import rounds
from dashboard.http.api.parameters import Parameters
from dashboard.http.gate import PRINCIPAL
from dashboard.http.round_sending import RoundBody
from dashboard.queries import stores
from maintenance.rounds.entering import hand_in
from maintenance.rounds.panel_photos import keep_panel_photo
from maintenance.rounds.paper import enter_paper
from tests.dashboard.people import SARA_HERSELF
from tests.doors.api import door
from tests.doors.table import Action, Door, Visit

ROOM = "dashboard.http"


def request(query: str = "") -> Request:
    """Sara's."""
    return Request(
        {
            "type": "http", "method": "POST", "path": "/round", "headers": [], "scheme": "http",
            "query_string": query.encode(), PRINCIPAL: SARA_HERSELF,
        }
    )  # fmt: skip


def raised(response: Response, words: str) -> None:
    """What a page shows to be refused."""
    if response.status_code >= 400:
        raise RefusedError("{words}", words=words)


def send_nothing(_visit: Visit) -> None:
    reply = round_sending._take(SARA_HERSELF, RoundBody(token="", entries=[]))
    raised(reply, json.loads(bytes(reply.body))["why"])


def send_no_photo(visit: Visit) -> None:
    reply = round_sending._keep(request(f"key=a&device=ct-2&at={visit.now}"), b"")
    raised(reply, json.loads(bytes(reply.body))["why"])


def tomorrow(visit: Visit) -> str:
    return (from_ms(visit.now, stores.site().zone) + timedelta(days=2)).date().isoformat()


def type_in(visit: Visit) -> None:
    fields = {"day": tomorrow(visit), "clock": "08:00", "code0": "12345", "value0": "1"}
    reply = round_paper._enter(request(), fields)
    wrong = re.search(r'role="alert">(.*?)</p>', bytes(reply.body).decode())
    raised(reply, "" if wrong is None else unescape(wrong[1]))


ACTIONS = [
    Action(
        "hand in a round",
        hand_in,
        "no number has been typed yet",
        [
            Door(f"{ROOM}.round_sending:_take", send_nothing),
            *door("rounds:enter_round", lambda tx, _: rounds.enter_round(
                tx, Parameters(), rounds.RoundEntriesBody.model_construct(entries=[]))),
        ],
    ),
    Action(
        "keep the photo of a panel",
        keep_panel_photo,
        "there is no photo",
        [Door(f"{ROOM}.round_sending:_keep", send_no_photo)],
    ),
    Action(
        "type in a printed round",
        enter_paper,
        "it cannot have been read in the future",
        [
            Door(f"{ROOM}.round_paper:_enter", type_in),
            Door("app.cli.round:round_enter", lambda v: v.command(
                "round", "enter", "12345=1", "--at", tomorrow(v))),
        ],
    ),
]  # fmt: skip
