"""Sends alerts to a Telegram chat, and fetches who has pressed the button below one.

Telegram holds the request for answers open (long polling), so no port is open here. The bot's token is
part of every address, so no address is ever logged.
"""

import json
import urllib.error
import urllib.request
from typing import Any, NamedTuple, Self

from alerts.channels.base import ChannelSender, Notification
from core.errors import DeliveryError
from core.schema.channel_kinds.base import ChannelEntry
from core.schema.channel_kinds.telegram import TelegramChannel
from core.schema.site import Site

LONGEST = 4096  # characters of a message: https://core.telegram.org/bots/api#sendmessage
WITHIN_S = 20.0
WAIT_S = 25  # for an answer, at the server

_COMMAND = "ack "


class ButtonPress(NamedTuple):
    """Somebody has pressed the button below a message."""

    update: int  # Telegram's number
    query: str  # to be answered, or the button stays pressed
    incident: int | None  # None: it is not one of ours
    who: str


class TelegramBot:
    """One bot in one chat."""

    def __init__(self, channel: TelegramChannel) -> None:
        self._address = f"{channel.server.rstrip('/')}/bot{channel.token.reveal()}"
        self._chat = channel.chat

    def name(self) -> str:
        """What the bot is called: it can be reached and its token is right."""
        return str(self._call("getMe", {}).get("username", ""))

    def send(self, text: str, incident: int | None, button: str = "") -> None:
        """Return when Telegram has it."""
        message: dict[str, object] = {"chat_id": self._chat, "text": text[:LONGEST]}
        if incident is not None:
            pressed = {"text": button, "callback_data": f"{_COMMAND}{incident}"}
            message["reply_markup"] = {"inline_keyboard": [[pressed]]}
        self._call("sendMessage", message)

    def presses(self, after: int | None, wait_s: int = WAIT_S) -> list[ButtonPress]:
        """Who has pressed since that update, which is done with; waits for the next if nobody has."""
        query: dict[str, object] = {"timeout": wait_s, "allowed_updates": ["callback_query"]}
        if after is not None:
            query["offset"] = after + 1
        updates = self._call("getUpdates", query, WITHIN_S + wait_s)
        return [self._press(update) for update in updates if isinstance(update, dict)]

    def answer(self, press: ButtonPress, text: str) -> None:
        """Show it to who has pressed."""
        self._call("answerCallbackQuery", {"callback_query_id": press.query, "text": text[:200]})

    def _press(self, update: dict[str, Any]) -> ButtonPress:
        query = update.get("callback_query") or {}
        sender, data = query.get("from") or {}, str(query.get("data", ""))
        chat = str(((query.get("message") or {}).get("chat") or {}).get("id", ""))
        number = data.removeprefix(_COMMAND)
        is_ours = data.startswith(_COMMAND) and number.isascii() and number.isdecimal()
        is_here = chat == self._chat and len(number) < 16
        words = (sender.get("first_name"), sender.get("last_name"))
        who = " ".join(str(word) for word in words if word) or str(sender.get("username", ""))
        incident = int(number) if is_ours and is_here else None
        return ButtonPress(int(update["update_id"]), str(query.get("id", "")), incident, who)

    def _call(self, method: str, values: dict[str, object], within_s: float = WITHIN_S) -> Any:
        """The result of a method of the bot. DeliveryError in Telegram's words."""
        request = urllib.request.Request(  # noqa: S310  the schema lets http and https through only
            f"{self._address}/{method}",
            json.dumps(values).encode(),
            {"Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=within_s) as response:  # noqa: S310
                return json.load(response)["result"]
        except urllib.error.HTTPError as error:
            raise DeliveryError(f"Telegram refuses: {_reason(error)}") from None
        except (OSError, ValueError, KeyError, TypeError) as error:
            reason = getattr(error, "reason", None) or error
            raise DeliveryError(f"Telegram cannot be reached: {reason}") from None


class TelegramSender(ChannelSender):
    """The channel of one bot in one chat."""

    longest = LONGEST

    @classmethod
    def of(cls, channel: ChannelEntry, site: Site) -> Self:
        """The sender of its bot."""
        assert isinstance(channel, TelegramChannel)
        return cls(channel)

    def __init__(self, channel: TelegramChannel) -> None:
        self._bot = TelegramBot(channel)

    def check(self) -> str:
        """What the bot is called: it can be reached and its token is right."""
        return f"Telegram: the bot {self._bot.name()} is there"

    def send(self, notification: Notification) -> None:
        """Return when Telegram has it."""
        text = f"{notification.title}\n{notification.body}"
        self._bot.send(text, notification.incident, notification.button)


def _reason(error: urllib.error.HTTPError) -> str:
    try:
        with error:
            return str(json.load(error)["description"])
    except (OSError, ValueError, KeyError, TypeError):
        return f"status {error.code}"
