"""Commands to a modem and their answers, among whatever else it says meanwhile.

A modem speaks unasked (RING, +CMTI, ^RSSI), repeats what it is given or does not, loses and mixes up
bytes. An answer is a line that is known to end one (OK, ERROR, +CMS ERROR) after a command of this
dialogue; every other line counts only if the command waits for its beginning.
"""

import re
import time
from collections.abc import Iterator

from alerts.channels.gsm.modem_errors import error_of
from alerts.channels.gsm.serial_port import SerialPort
from core.errors import DeliveryError

QUIET_S = 0.2  # a modem that pauses for so long has said what it had to say
ANSWER_S = 5.0  # ours: makers promise most answers in under a second, and some SIMs take four
TRIES = 3
# The second is for a modem that somebody has told to give no answers, or only numbers (ITU-T V.250).
_GREETINGS = (b"AT\r", b"ATQ0V1E0\r", b"AT\r", b"AT\r")
_LEAVE, _END_OF_TEXT = b"\x1b", b"\x1a"  # what ends the content of a message, for good or ill
_LONGEST_LINE = 4096
_LINE_END = re.compile(rb"[\r\n]+")


class SilentError(DeliveryError):
    """The modem has not answered in time, or nothing that could be understood."""


class Dialogue:
    """A talk with the modem behind an open port, which must be over by `deadline` (monotonic)."""

    def __init__(self, port: SerialPort, deadline: float) -> None:
        self._port, self._deadline = port, deadline
        self._unread = b""
        self.repeats_commands = False  # it does so although it was told not to

    def begin(self) -> None:
        """Bring the modem to where it answers this dialogue, and nothing that was said before.

        It may wait for the rest of a message that a killed process had begun, or be about to answer
        another: only when `AT` brings one OK and no other answer, between silences, is it ours.
        """
        for command in _GREETINGS:
            self._drain()
            self._send(command)
            lines = self._lines_until_quiet()
            answers = [line for line in lines if _is_answer(line)]
            if answers == ["OK"]:
                return
            if not answers:
                self._leave_prompt()
        raise SilentError("the modem does not answer: is it switched on, and the speed right?")

    def command(
        self, text: str, answer: str = "", *, within_s: float = ANSWER_S, tries: int = TRIES
    ) -> str:
        """Send a command that may be sent twice; the line that begins with `answer`, without that.

        ModemError if the modem refuses; SilentError if it gives no answer each time.
        """
        for left in reversed(range(tries)):
            self._drain()
            self._send(f"{text}\r".encode("ascii"))
            try:
                return self._result(text, answer, within_s)
            except SilentError:
                if not left or self._has_ended():
                    raise
                self.begin()
        raise AssertionError("tries is at least 1")

    def free_line(self, text: str) -> str:
        """The answer to a command whose answer has no beginning of its own; empty if there is none.

        It is for a person: what the modem says unasked in between may be taken for it.
        """
        self._drain()
        self._send(f"{text}\r".encode("ascii"))
        lines = [line for line in self._lines_until_quiet() if line not in (text, "OK")]
        return next((line for line in lines if error_of(line) is None and line[0] not in "+^"), "")

    def message(self, command: str, content: bytes, *, within_s: float) -> None:
        """Send a command that asks for content by a prompt, and the content. Never twice by itself."""
        self._drain()
        self._send(f"{command}\r".encode("ascii"))
        self._await_prompt(command)
        self._send(content + _END_OF_TEXT)
        # No OK is waited for: one that is lost would have the message sent again.
        for line in self._lines(self._until(within_s)):
            if line.startswith("+CMGS:"):
                return
            self._refused_by(line)
        raise SilentError("the modem does not say whether the message has left")

    def _await_prompt(self, command: str) -> None:
        for line in self._lines(self._until(ANSWER_S), prompt=True):
            if line == ">":
                return
            self._refused_by(line)
        self._leave_prompt()
        raise SilentError(f"the modem did not ask for the message after {command.split('=')[0]}")

    def _result(self, text: str, answer: str, within_s: float) -> str:
        """What stands after `answer` in the line that begins so, once the command has ended well."""
        value = None if answer else ""
        for line in self._lines(self._until(within_s)):
            if line == text:
                self.repeats_commands = True
            elif line == "OK":
                if value is None:
                    raise SilentError(f"the modem's answer to {_name(text)} did not arrive whole")
                return value
            elif answer and line.startswith(answer):
                value = line.removeprefix(answer).strip()
            else:
                self._refused_by(line)
        if value:
            return value  # only its OK is lost
        raise SilentError(f"the modem does not answer {_name(text)}")

    @staticmethod
    def _refused_by(line: str) -> None:
        error = error_of(line)
        if error is not None:
            raise error

    def _lines(self, until: float, *, prompt: bool = False) -> Iterator[str]:
        """Whole lines, until a time; with `prompt` also `>`, which has no end of line."""
        while True:
            while (end := _LINE_END.search(self._unread)) is not None:
                line = self._unread[: end.start()]
                self._unread = self._unread[end.end() :]
                if line:
                    yield line.decode("ascii", "replace").strip()
            if prompt and self._unread.rstrip().endswith(b">"):
                self._unread = b""
                yield ">"
            data = self._port.read(until)
            if not data:
                return
            self._unread = (self._unread + data)[-_LONGEST_LINE:]

    def _leave_prompt(self) -> None:
        self._send(_LEAVE)
        self._drain(1)  # some confirm it, some do not, and it is the answer to nothing else

    def _drain(self, quiet_s: float | None = None) -> None:
        """Throw away what has come and comes until it is quiet for so long, for a second or so at most."""
        self._unread = b""
        quiet_s = QUIET_S if quiet_s is None else quiet_s
        most = self._until(1 + quiet_s)
        while self._port.read(min(self._until(quiet_s), most)) and time.monotonic() < most:
            pass

    def _lines_until_quiet(self) -> list[str]:
        """All that it says until it has answered and is silent."""
        most = self._until(ANSWER_S)
        data, lines = b"", list[str]()
        while True:
            is_answered = any(_is_answer(line) for line in lines)
            more = self._port.read(min(self._until(QUIET_S), most) if is_answered else most)
            if not more:
                return [line for line in lines if line]
            data = (data + more)[-_LONGEST_LINE:]
            lines = [line.decode("ascii", "replace").strip() for line in _LINE_END.split(data)]

    def _until(self, seconds: float) -> float:
        if self._has_ended():
            raise SilentError("the modem takes too long")
        return min(time.monotonic() + seconds, self._deadline)

    def _has_ended(self) -> bool:
        return time.monotonic() >= self._deadline

    def _send(self, data: bytes) -> None:
        self._port.write(data, self._until(ANSWER_S))


def _is_answer(line: str) -> bool:
    return line == "OK" or line.startswith("+CMGS:") or error_of(line) is not None


def _name(command: str) -> str:
    """The command without what was given with it: a PIN is not for the log."""
    return command.partition("=")[0]
