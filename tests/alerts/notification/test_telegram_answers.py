"""Telegram at a pretend Bot API server: messages with a button, and whoever presses it."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from alerts.channels import senders
from alerts.channels.telegram import LONGEST, TelegramBot, TelegramSender
from alerts.notification.telegram_answers import TelegramAnswers
from core.errors import DeliveryError
from core.schema.channel_kinds.telegram import TelegramChannel
from storage.records import Alert
from tests.alerts.notification.incidents import ROUTES, Ward, at
from tests.support.ports import free_port

pytestmark = pytest.mark.servers

TOKEN = "123:only-for-tests"
CHAT = "-1001234567890"


class BotServer(BaseHTTPRequestHandler):
    """What the Bot API does: keeps messages, gives updates until a later one is asked for."""

    status = 200
    messages: list[dict[str, Any]] = []
    answers: list[dict[str, Any]] = []
    updates: list[dict[str, Any]] = []

    def do_POST(self) -> None:
        values = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        method = self.path.removeprefix(f"/bot{TOKEN}/")
        result: object = True
        if self.status == 200 and method == "sendMessage":
            self.messages.append(values)
        elif method == "answerCallbackQuery":
            self.answers.append(values)
        elif method == "getUpdates":
            self.updates[:] = [u for u in self.updates if u["update_id"] >= values.get("offset", 0)]
            result = self.updates
        elif method == "getMe":
            result = {"username": "centre_bot"}
        self.send_response(self.status)
        self.end_headers()
        refused = {"ok": False, "description": "Unauthorized"}
        self.wfile.write(json.dumps(refused if self.status != 200 else {"result": result}).encode())

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def server() -> Iterator[tuple[str, type[BotServer]]]:
    handler = type("Handler", (BotServer,), {"messages": [], "answers": [], "updates": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", handler
    server.shutdown()
    server.server_close()


def channel(address: str, folder: Path) -> TelegramChannel:
    (folder / "token").write_text(TOKEN)
    values = {"kind": "telegram", "id": "phone", "token": f"file:{folder}/token", "chat": CHAT}
    return TelegramChannel.model_validate({**values, "server": address})


def press(
    number: int, data: str = "ack 1", chat: str = CHAT, name: object = "Sara"
) -> dict[str, Any]:
    query = {"id": f"q{number}", "data": data, "from": {"first_name": name}}
    return {
        "update_id": number,
        "callback_query": {**query, "message": {"chat": {"id": int(chat)}}},
    }


def acknowledged_by(ward: Ward) -> str:
    with ward.records.reading() as db:
        return db.get_one(Alert, 1).acknowledged_by


def test_who_reads_dari_has_a_button_and_an_answer_in_dari(
    tmp_path: Path, server: tuple[str, type[BotServer]]
) -> None:
    address, bot = server
    sara = "people: [{id: sara, name: Sara, language: fa, channels: [phone]}]"
    ward = Ward(tmp_path, f"{ROUTES}\n{sara}")
    entry = channel(address, tmp_path)
    ward.begin(0)
    ward.give(0)
    ward.send(0, phone=TelegramSender.of(entry, ward.site))
    [[button]] = bot.messages[0]["reply_markup"]["inline_keyboard"]
    assert button["text"] == "من رسیدگی می‌کنم"
    bot.updates += [press(1, "ack 99"), press(2, "nonsense"), press(3, button["callback_data"])]
    TelegramAnswers(ward.site, ward.records, entry, lambda: at(1)).take_answers(0)
    assert [answer["text"] for answer in bot.answers] == [
        "رویداد 99 وجود ندارد", "این از ما نیست.", "پذیرفته شد.",
    ]  # fmt: skip


def test_a_message_has_a_button_and_its_press_acknowledges(
    tmp_path: Path, server: tuple[str, type[BotServer]]
) -> None:
    address, bot = server
    ward = Ward(tmp_path)
    entry = channel(address, tmp_path)
    alert = ward.begin(0)
    ward.give(0)
    assert ward.send(0, phone=TelegramSender.of(entry, ward.site)) == 1
    [message] = bot.messages
    assert message["chat_id"] == CHAT
    assert message["text"].startswith("Critical: ct-1: Helium is low\nSince 2026-11-28 16:30")
    [[button]] = message["reply_markup"]["inline_keyboard"]
    answers = TelegramAnswers(ward.site, ward.records, entry, lambda: at(1))
    bot.updates.append(press(7, button["callback_data"]))
    answers.take_answers(0)
    assert acknowledged_by(ward) == "Sara"
    assert bot.answers == [{"callback_query_id": "q7", "text": "Acknowledged."}]
    answers.take_answers(0)
    assert bot.updates == [], "Telegram knows that it is done with"
    assert len(bot.answers) == 1
    ward.end(alert, 2)
    ward.give(2)
    ward.send(2, phone=TelegramSender.of(entry, ward.site))
    assert "reply_markup" not in bot.messages[1]


def test_killed_before_telegram_knew_it_is_taken_again_without_harm(
    tmp_path: Path, server: tuple[str, type[BotServer]]
) -> None:
    address, bot = server
    ward = Ward(tmp_path)
    ward.begin(0)
    bot.updates.append(press(7))
    for minute in (1, 2):
        entry = channel(address, tmp_path)
        TelegramAnswers(ward.site, ward.records, entry, lambda: at(minute)).take_answers(0)  # noqa: B023
    with ward.records.reading() as db:
        assert db.get_one(Alert, 1).acknowledged_at == at(1)


@pytest.mark.parametrize(
    "update",
    [
        press(7, chat="-42"),
        press(7, "ack 99"),
        press(7, "ack ۱"),
        press(7, "ack -1"),
        press(7, "ack " + "9" * 50),
        press(7, "open 1"),
        {"update_id": 7},
        {"update_id": 7, "callback_query": {"id": "q", "data": "ack 1"}},
    ],
)
def test_what_is_not_ours_changes_nothing_and_holds_up_nobody(
    tmp_path: Path, server: tuple[str, type[BotServer]], update: dict[str, Any]
) -> None:
    address, bot = server
    ward = Ward(tmp_path)
    ward.begin(0)
    bot.updates.append(update)
    answers = TelegramAnswers(ward.site, ward.records, channel(address, tmp_path), lambda: at(1))
    answers.take_answers(0)
    assert acknowledged_by(ward) == ""
    bot.updates.append(press(8, name="Om\x00ar" + "x" * 500))
    answers.take_answers(0)
    assert acknowledged_by(ward) == ("Omar" + "x" * 500)[:80]


def test_a_wrong_token_or_no_line_waits_and_never_shows_the_token(
    tmp_path: Path, server: tuple[str, type[BotServer]], caplog: pytest.LogCaptureFixture
) -> None:
    address, bot = server
    bot.status = 401
    ward = Ward(tmp_path)
    ward.begin(0)
    ward.give(0)
    for place in (address, f"http://127.0.0.1:{free_port()}"):
        with pytest.raises(DeliveryError) as error:
            TelegramBot(channel(place, tmp_path)).send("x", None)
        assert not error.value.permanent
        assert TOKEN not in str(error.value)
        answers = TelegramAnswers(ward.site, ward.records, channel(place, tmp_path), lambda: at(1))
        answers.take_answers(0)
        answers.take_answers(0)
    assert len(caplog.records) == 2, "once a channel"
    assert TOKEN not in caplog.text


def test_a_text_that_is_too_long_is_cut(
    tmp_path: Path, server: tuple[str, type[BotServer]]
) -> None:
    address, bot = server
    TelegramBot(channel(address, tmp_path)).send("ب" * 9000, None)
    assert len(bot.messages[0]["text"]) == LONGEST


def test_a_site_names_it_like_any_channel(tmp_path: Path) -> None:
    (tmp_path / "token").write_text(TOKEN)
    ward = Ward(tmp_path, ROUTES)
    site = ward.site
    entry = channel("http://127.0.0.1:1", tmp_path)
    object.__setattr__(site, "file", site.file.model_copy(update={"channels": [entry]}))
    assert isinstance(senders(site)["phone"], TelegramSender)


def test_the_way_to_it_can_be_checked(tmp_path: Path, server: tuple[str, type[BotServer]]) -> None:
    entry = channel(server[0], tmp_path)
    sender = TelegramSender.of(entry, Ward(tmp_path).site)
    assert sender.check() == "Telegram: the bot centre_bot is there"
