"""What is asked of a GSM modem, in its own order: SIM and PIN, network, signal, then messages."""

import re
import time
from contextlib import suppress
from dataclasses import dataclass

from alerts.channels.gsm.alphabet import ESCAPE, septets
from alerts.channels.gsm.dialogue import Dialogue, SilentError
from alerts.channels.gsm.modem_errors import SIM_BUSY, WRONG_PIN, ModemError
from alerts.channels.gsm.parts import TextMessage
from alerts.channels.gsm.pdu import VALIDITY, pdus
from alerts.channels.gsm.refused_pins import RefusedPins
from core.errors import DeliveryError

SENDING_S = 60.0  # one message; makers promise up to that (Telit, u-blox: AT+CMGS)
REGISTERING_S = 25.0  # after a PIN or a start
SIM_STARTS_S = 10.0
LOOK_EVERY_S = 1.0

_HOME, _SEARCHING, _DENIED, _ROAMING = 1, 2, 3, 5
# +CREG of TS 27.007; 6 and 7 are for messages only, which is all we want.
_REGISTERED = {
    _HOME: "in its own network",
    _ROAMING: "in a foreign network",
    6: "in its own network",
    7: "in a foreign network",
}
_NOT_REGISTERED = {
    0: "in no network, and it looks for none",
    _SEARCHING: "in no network; it searches",
    _DENIED: "the network denies this SIM",
    8: "in a network for emergency calls only",
}
_STARTING = "NOT READY"
_LOCKS = {
    "NOT INSERTED": "there is no SIM in the modem",
    "SIM PUK": "the SIM is locked and asks for its PUK: put it into a telephone",
    "SIM PIN2": "the SIM asks for its second PIN: put it into a telephone",
    "SIM PUK2": "the SIM asks for its second PUK: put it into a telephone",
}
_CREG = re.compile(r"\d\s*,\s*(\d+)")
_CSQ = re.compile(r"(\d+)\s*,")
_ENDS_TEXT_MODE = {0x1A, ESCAPE}  # the letter Ξ and what begins the extension


@dataclass(frozen=True, slots=True)
class Signal:
    """How strongly the network is received: dBm, None if the modem does not know."""

    dbm: int | None

    def __str__(self) -> str:
        """`good (-77 dBm)`. The words for the strengths are the usual of modem makers, no source."""
        if self.dbm is None:
            return "unknown"
        limits = ((-109, "almost none"), (-95, "weak"), (-85, "fair"), (-70, "good"))
        word = next((word for limit, word in limits if self.dbm < limit), "very good")
        return f"{word} ({self.dbm} dBm)"


class Modem:
    """A modem that answers. Each method raises DeliveryError in words."""

    def __init__(self, dialogue: Dialogue) -> None:
        self._dialogue = dialogue

    def prepare(self) -> None:
        """No repeating of commands, errors as numbers, no news of the network in between."""
        self._dialogue.begin()
        for command in ("ATE0", "AT+CMEE=1", "AT+CREG=0"):
            self._try(command)
        self._dialogue.repeats_commands = False

    def name(self) -> str:
        """Maker and model as it gives them."""
        lines = [self._dialogue.free_line(command) for command in ("AT+CGMI", "AT+CGMM")]
        return " ".join(line for line in lines if line) or "a modem without a name"

    def unlock(self, pin: str | None, refused: RefusedPins) -> None:
        """Return when the SIM is ready. A PIN that was not accepted is never entered again."""
        state = self._sim_state()
        if state == "SIM PIN":
            if not pin:
                raise DeliveryError("the SIM asks for its PIN: set `pin` of the channel")
            self._enter(pin, refused)
            state = self._sim_state()
        if state != "READY":
            raise DeliveryError(_LOCKS.get(state, f"the SIM is not ready: {state}"))
        if pin:
            refused.strike_out(pin)

    def registration(self) -> str:
        """In which network it is, in words, once it is in one. Waits for it a while."""
        until = time.monotonic() + REGISTERING_S
        while (status := self._registration()) not in _REGISTERED:
            if status is None:
                return "in a network it says nothing about"
            if status == _DENIED or time.monotonic() > until:
                words = _NOT_REGISTERED.get(status, "in no network that it knows of")
                raise DeliveryError(f"the modem is {words}" if status != _DENIED else words)
            time.sleep(LOOK_EVERY_S)
        return _REGISTERED[status]

    def signal(self) -> Signal:
        """The strength of the network's signal; unknown if the modem does not say."""
        match = None
        with suppress(DeliveryError):
            match = _CSQ.match(self._dialogue.command("AT+CSQ", "+CSQ:"))
        strength = int(match.group(1)) if match else 99
        return Signal(None if strength > 31 else 2 * strength - 113)  # TS 27.007, +CSQ

    def send(self, number: str, message: TextMessage) -> None:
        """Return when the network has taken every part."""
        if self._is_plain(message) and self._try("AT+CMGF=1") and self._set_text_mode():
            self._send_text(number, message)
            return
        self._dialogue.command("AT+CMGF=0")
        for pdu in pdus(number, message):
            content = pdu.octets.encode("ascii")
            self._dialogue.message(f"AT+CMGS={pdu.length}", content, within_s=SENDING_S)

    def _send_text(self, number: str, message: TextMessage) -> None:
        kind = 145 if number.startswith("+") else 129  # international or not, TS 24.008
        content = bytes(septets(message.texts[0]))
        self._dialogue.message(f'AT+CMGS="{number}",{kind}', content, within_s=SENDING_S)

    def _is_plain(self, message: TextMessage) -> bool:
        """Text mode is enough: one part, no letter that would end it, and nothing is repeated to us."""
        if message.is_ucs2 or len(message.texts) > 1 or self._dialogue.repeats_commands:
            return False
        return _ENDS_TEXT_MODE.isdisjoint(septets(message.texts[0]))

    def _set_text_mode(self) -> bool:
        return self._try('AT+CSCS="GSM"') and self._try(f"AT+CSMP=17,{VALIDITY},0,0")

    def _sim_state(self) -> str:
        until = time.monotonic() + SIM_STARTS_S
        while True:
            is_late = time.monotonic() > until
            try:
                state = self._dialogue.command("AT+CPIN?", "+CPIN:")
            except ModemError as error:
                if error.number != SIM_BUSY or is_late:
                    raise
            else:
                if state != _STARTING or is_late:
                    return state
            time.sleep(LOOK_EVERY_S)

    def _enter(self, pin: str, refused: RefusedPins) -> None:
        if refused.holds(pin):
            raise DeliveryError(
                "this PIN was entered before and the SIM did not accept it, so it is not entered"
                " again: correct `pin`, or switch the PIN off with the SIM in a telephone"
            )
        refused.note(pin, "entered")
        try:
            self._dialogue.command(f'AT+CPIN="{pin}"', within_s=SIM_STARTS_S, tries=1)
        except SilentError:
            pass  # its state shows whether it was accepted
        except ModemError as error:
            if error.number == SIM_BUSY:  # it has not been looked at
                refused.strike_out(pin)
                raise
            refused.note(pin, "wrong")
            reason = "is wrong" if error.number == WRONG_PIN else f"was not accepted: {error}"
            raise DeliveryError(f"the PIN {reason}; it is not entered again") from None
        until = time.monotonic() + SIM_STARTS_S
        while self._sim_state() != "READY" and time.monotonic() < until:
            time.sleep(LOOK_EVERY_S)

    def _registration(self) -> int | None:
        """The best that the modem tells of its networks; None if it tells nothing."""
        statuses = []
        for name in ("CREG", "CEREG"):  # an LTE modem may be in the second only
            try:
                match = _CREG.match(self._dialogue.command(f"AT+{name}?", f"+{name}:"))
            except ModemError:
                continue
            statuses.append(int(match.group(1)) if match else _SEARCHING)
            if statuses[-1] in _REGISTERED:
                return statuses[-1]
        return statuses[0] if statuses else None

    def _try(self, command: str) -> bool:
        """A setting that not every modem knows."""
        try:
            self._dialogue.command(command)
        except ModemError:
            return False
        return True
