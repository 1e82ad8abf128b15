"""A GSM modem behind a pseudo-terminal: it answers AT commands as its script says, well or badly."""

import os
import random
import select
import threading
import time
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Script:
    """What is odd about the modem; as it stands, nothing is."""

    repeats: bool = True  # commands, until ATE0
    obeys_ate0: bool = True
    knows_text_mode: bool = True
    sim: str = "READY"  # what AT+CPIN? answers; "" is no SIM, "SIM PIN" asks for `pin`
    pin: str = "1234"
    pin_errors: list[bytes] = field(default_factory=list)  # instead of looking at the next PINs
    registration: int = 1
    lte_registration: int | None = None
    signal: int = 18
    is_dumb: bool = False  # never answers
    is_quiet: bool = False  # gives no answers until ATQ0
    gives_numbers: bool = False  # instead of OK and ERROR, until V1
    delay_s: float = 0.0  # before each answer
    bytes_at_once: int = 0  # 0: as many as there are; 1: half lines
    unasked: bytes = b""  # said before every answer
    garbage: float = 0.0  # which part of its bytes is another
    loss: float = 0.0  # which part of its bytes is never sent
    no_prompts: int = 0  # to so many messages it gives no prompt
    errors: list[bytes] = field(default_factory=list)  # instead of the next results of messages
    reboots: int = 0  # so many messages it does not answer, but starts anew
    is_silent_after_sending: bool = False  # the message leaves, its confirmation does not
    vanishes: bool = False  # at the next message its port goes
    stale: bytes = b""  # the late answer to a user of before, when it is first spoken to


class FakeModem:
    """The modem; `messages` is what it has sent, as it was given."""

    def __init__(self, script: Script | None = None, seed: int = 7) -> None:
        self.script = script or Script()
        self.commands: list[str] = []
        self.messages: list[tuple[str, bytes]] = []  # the command, the content before Ctrl-Z
        self.pins: list[str] = []
        self._random = random.Random(seed)
        self._mode = "0"
        self._pending: str | None = None  # the command whose content is read
        self._input = b""
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        self.path = Path(os.ttyname(self._slave))
        self._is_over = False
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def leave_at_prompt(self) -> None:
        """As after a user who was killed half way through a message."""
        self._pending = 'AT+CMGS="+1",145'
        self._input = b"half a mess"

    def close(self) -> None:
        self._is_over = True
        self._thread.join(5)
        for descriptor in (self._master, self._slave):
            with suppress(OSError):
                os.close(descriptor)

    def _run(self) -> None:
        while not self._is_over:
            with suppress(OSError):
                if not select.select([self._master], [], [], 0.05)[0]:
                    continue
                data = os.read(self._master, 4096)
                if self.script.stale:
                    self._say(self.script.stale)
                    self.script.stale = b""
                for byte in data:
                    self._take(bytes([byte]))

    def _take(self, byte: bytes) -> None:
        if self._pending is not None:
            self._take_content(byte)
        elif byte == b"\r":
            command, self._input = self._input.decode("ascii", "replace"), b""
            if self.script.repeats:
                self._say(f"{command}\r".encode("ascii", "replace"))
            if command:
                self._answer(command)
        elif byte != b"\n":
            self._input += byte

    def _take_content(self, byte: bytes) -> None:
        command = self._pending
        assert command is not None
        if byte not in (b"\x1a", b"\x1b"):
            self._input += byte
            return
        content, self._input, self._pending = self._input, b"", None
        if byte == b"\x1b":
            self._reply(b"OK")
        elif self.script.vanishes:
            self.script.vanishes = False
            self._is_over = True
            os.close(self._master)
        elif self.script.reboots:
            self.script.reboots -= 1
            self.script.repeats, self._mode = True, "0"
            self._say(b"\r\n^BOOT:27710117,0,0,0,6\r\n\r\nRDY\r\n")
        elif self.script.errors:
            self._reply(self.script.errors.pop(0))
        else:
            self.messages.append((command, content))
            if not self.script.is_silent_after_sending:
                self._reply(b"+CMGS: %d" % len(self.messages), b"OK")

    def _answer(self, command: str) -> None:
        self.commands.append(command)
        if "ATQ0V1E0" in command:  # whatever stands before AT is nothing, V.250 says
            self.script.is_quiet = self.script.gives_numbers = self.script.repeats = False
            command = "AT"
        if self.script.is_quiet:
            return
        if self.script.gives_numbers:
            self._say(b"0\r" if command == "AT" else b"4\r")
            return
        if self.script.is_dumb:
            return
        time.sleep(self.script.delay_s)
        if self.script.unasked:
            self._say(self.script.unasked)
        if command.startswith("AT+CMGS="):
            if self.script.no_prompts:
                self.script.no_prompts -= 1
            else:
                self._pending = command
                self._say(b"\r\n> ")
            return
        self._reply(*self._lines(command))

    def _lines(self, command: str) -> list[bytes]:
        name, _, value = command.partition("=")
        known: dict[str, Callable[[], list[bytes]]] = {
            "AT+CPIN?": self._sim,
            "AT+CREG?": lambda: self._registered("+CREG", self.script.registration),
            "AT+CEREG?": lambda: self._registered("+CEREG", self.script.lte_registration),
            "AT+CSQ": lambda: [b"+CSQ: %d,99" % self.script.signal, b"OK"],
            "AT+CGMI": lambda: [b"huawei", b"OK"],
            "AT+CGMM": lambda: [b"E173", b"OK"],
        }
        if command in known:
            return known[command]()
        if name == "AT+CPIN":
            return self._entered(value.strip('"'))
        if name == "AT+CMGF":
            if value == "1" and not self.script.knows_text_mode:
                return [b"ERROR"]
            self._mode = value
        if command == "ATE0" and self.script.obeys_ate0:
            self.script.repeats = False
        return [b"OK"] if command.startswith("AT") else [b"ERROR"]

    def _sim(self) -> list[bytes]:
        if not self.script.sim:
            return [b"+CME ERROR: 10"]
        return [b"+CPIN: " + self.script.sim.encode(), b"OK"]

    def _entered(self, pin: str) -> list[bytes]:
        if self.script.pin_errors:
            return [self.script.pin_errors.pop(0)]
        self.pins.append(pin)
        if pin != self.script.pin:
            return [b"+CME ERROR: 16"]
        self.script.sim = "READY"
        return [b"OK"]

    @staticmethod
    def _registered(name: str, status: int | None) -> list[bytes]:
        if status is None:
            return [b"ERROR"]
        return [f"{name}: 0,{status}".encode(), b"OK"]

    def _reply(self, *lines: bytes) -> None:
        self._say(b"".join(b"\r\n" + line + b"\r\n" for line in lines))

    def _say(self, data: bytes) -> None:
        script, chance = self.script, self._random.random
        data = bytes(
            self._random.randrange(128, 256) if chance() < script.garbage else byte
            for byte in data
            if chance() >= script.loss
        )
        step = script.bytes_at_once or max(len(data), 1)
        for at in range(0, len(data), step):
            os.write(self._master, data[at : at + step])
            if script.bytes_at_once:
                time.sleep(0.002)


@contextmanager
def fake_modem(script: Script | None = None, seed: int = 7) -> Iterator[FakeModem]:
    """A modem for the time of a test."""
    modem = FakeModem(script, seed)
    try:
        yield modem
    finally:
        modem.close()
