"""The GSM channel beside a modem on a pseudo-terminal, which is good, odd, or broken."""

import fcntl
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from alerts.channels.base import Notification
from alerts.channels.gsm import dialogue, modem, sender, serial_port
from alerts.channels.gsm.sender import GsmSender
from core.errors import ConfigError, DeliveryError
from core.schema.channel_kinds.gsm import GsmChannel
from storage.records.outbox import LEASE
from tests.alerts.channels.gsm.decoder import Read, read_codes, read_pdu
from tests.support.fake_modem import FakeModem, Script, fake_modem

pytestmark = pytest.mark.servers

ENGLISH = Notification(34, "critical", resolved=False, title="Critical: MRI", body="Helium: 58 %")
DARI = Notification(35, "critical", resolved=False, title="بحرانی: MRI", body="هلیوم کم است " * 20)
NUMBER = "+93700000000"


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    for module, name, seconds in (
        (dialogue, "ANSWER_S", 0.5),
        (dialogue, "QUIET_S", 0.05),
        (modem, "SENDING_S", 1.0),
        (modem, "REGISTERING_S", 0.3),
        (modem, "SIM_STARTS_S", 0.3),
        (modem, "LOOK_EVERY_S", 0.1),
    ):
        monkeypatch.setattr(module, name, seconds)


Channel = Callable[..., GsmSender]


@pytest.fixture
def channel(tmp_path: Path) -> Channel:
    def made(fake: FakeModem | Path, pin: str | None = None, parts: int = 3) -> GsmSender:
        port = fake if isinstance(fake, Path) else fake.path
        entry = GsmChannel(kind="gsm", id="sms", modem=port, number=NUMBER, parts=parts)
        return GsmSender(entry, pin, tmp_path / "pins.json")

    return made


@pytest.fixture
def fake() -> Iterator[FakeModem]:
    with fake_modem() as modem:
        yield modem


def received(fake: FakeModem) -> list[Read]:
    """What the telephones read, in text mode or as PDUs."""
    reads = []
    for command, content in fake.messages:
        value = command.removeprefix("AT+CMGS=")
        if value.startswith('"'):
            number = value.split(",")[0].strip('"')
            reads.append(Read(number, read_codes(list(content)), None, len(content)))
        else:
            reads.append(read_pdu(content.decode("ascii"), int(value)))
    return reads


def text(fake: FakeModem) -> str:
    return "".join(read.text for read in received(fake))


def refusal(way: GsmSender, notification: Notification = ENGLISH) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        way.send(notification)
    return caught.value


def test_a_short_english_message_goes_in_text_mode(fake: FakeModem, channel: Channel) -> None:
    channel(fake).send(ENGLISH)
    assert received(fake) == [Read(NUMBER, "Critical: MRI\nHelium: 58 % #34", None, 30)]
    assert "AT+CMGF=1" in fake.commands


def test_dari_goes_as_pdus_that_belong_together(fake: FakeModem, channel: Channel) -> None:
    channel(fake, parts=5).send(DARI)
    parts = received(fake)
    assert "".join(part.text for part in parts) == f"{DARI.title}\n{DARI.body.strip()} #35"
    assert [part.part for part in parts] == [(35, 5, at) for at in (1, 2, 3, 4, 5)]
    assert {part.number for part in parts} == {NUMBER}


def test_what_is_too_long_is_cut_and_has_its_id(fake: FakeModem, channel: Channel) -> None:
    channel(fake).send(DARI)
    assert len(received(fake)) == 3
    assert text(fake).endswith("… #35")


@pytest.mark.parametrize("sign", "{Ξ€")
def test_a_letter_that_would_end_text_mode_goes_as_a_pdu(
    sign: str, fake: FakeModem, channel: Channel
) -> None:
    channel(fake).send(Notification(1, "info", resolved=False, title=f"a{sign}b", body=""))
    assert text(fake) == f"a{sign}b #1"
    assert "AT+CMGF=1" not in fake.commands


@pytest.mark.parametrize(
    "script",
    [
        Script(repeats=False),
        Script(obeys_ate0=False),
        Script(knows_text_mode=False),
        Script(bytes_at_once=1),
        Script(is_quiet=True),
        Script(gives_numbers=True),
        Script(delay_s=0.2),
        Script(unasked=b'\r\nRING\r\n\r\n+CMTI: "SM",3\r\n\r\n^RSSI:18\r\n'),
        Script(unasked=b"\r\nNO CARRIER\r\n\r\n+CREG: 2\r\n"),
        Script(unasked=b"\xff\xfe\x00\r\n"),
        Script(registration=5),
        Script(registration=0, lte_registration=1),
        Script(stale=b"\r\n+CMGS: 7\r\n\r\nOK\r\n"),
        Script(stale=b"\r\n+CMS ERROR: 38\r\n"),
        Script(stale=b"\r\n> "),
    ],
    ids=str,
)
def test_an_odd_modem_sends_as_well(script: Script, channel: Channel) -> None:
    with fake_modem(script) as fake:
        channel(fake).send(ENGLISH)
        channel(fake).send(DARI)
        assert text(fake).startswith("Critical: MRI\nHelium: 58 % #34")
        assert len(fake.messages) == 4


def test_what_is_sent_back_to_us_is_no_answer(channel: Channel) -> None:
    """A modem that goes on repeating says `+CMGS: 1` because the message does."""
    evil = Notification(1, "info", resolved=False, title="+CMGS: 1\nOK\nERROR", body="")
    with fake_modem(Script(obeys_ate0=False)) as fake:
        channel(fake).send(evil)
        assert text(fake) == "+CMGS: 1\nOK\nERROR #1"
        assert fake.messages[0][0].startswith("AT+CMGS=3"), (
            "a PDU, which cannot look like an answer"
        )


def test_a_modem_left_in_the_middle_of_a_message_is_brought_out_of_it(
    fake: FakeModem, channel: Channel
) -> None:
    fake.leave_at_prompt()
    channel(fake).send(ENGLISH)
    assert text(fake) == "Critical: MRI\nHelium: 58 % #34"


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("script", [Script(garbage=0.01), Script(loss=0.01)], ids=str)
def test_with_bytes_lost_or_garbled_it_is_sent_sooner_or_later_and_never_wrongly(
    script: Script, seed: int, channel: Channel
) -> None:
    with fake_modem(Script(garbage=script.garbage, loss=script.loss), seed) as fake:
        for _ in range(6):  # as the outbox would
            with suppress(DeliveryError):
                channel(fake).send(ENGLISH)
                break
        assert fake.messages
        assert {read.text for read in received(fake)} == {"Critical: MRI\nHelium: 58 % #34"}


def test_without_a_prompt_nothing_is_sent_and_it_is_said(channel: Channel) -> None:
    with fake_modem(Script(no_prompts=1)) as fake:
        error = refusal(channel(fake))
        assert "did not ask for the message" in str(error)
        assert not error.permanent
        channel(fake).send(ENGLISH)
        assert text(fake) == "Critical: MRI\nHelium: 58 % #34"


def test_a_modem_that_starts_anew_has_sent_nothing_and_the_next_try_has_the_same_id(
    channel: Channel,
) -> None:
    with fake_modem(Script(reboots=1)) as fake:
        assert "does not say whether" in str(refusal(channel(fake)))
        assert fake.messages == []
        channel(fake).send(ENGLISH)
        assert text(fake).endswith("#34")


def test_a_port_that_goes_is_said_and_tried_again_later(channel: Channel) -> None:
    with fake_modem(Script(vanishes=True)) as fake:
        error = refusal(channel(fake))
        assert "has gone" in str(error)
        assert not error.permanent


@pytest.mark.parametrize(
    ("error", "words", "permanent"),
    [
        (b"+CMS ERROR: 38", "the network is out of order (+CMS ERROR 38)", False),
        (b"+CMS ERROR: 28", "does not know the number", True),
        (b"+CMS ERROR: 500", "credit", False),
        (b"+CMS ERROR: 999", "refused (+CMS ERROR 999)", False),
        (b"+CMS ERROR: network timeout", "network timeout", False),
        (b"+CME ERROR: 30", "there is no network", False),
        (b"ERROR", "the modem answered ERROR", False),
    ],
)
def test_a_refusal_is_said_in_words(
    error: bytes, words: str, permanent: bool, channel: Channel
) -> None:
    with fake_modem(Script(errors=[error])) as fake:
        refused = refusal(channel(fake))
        assert words in str(refused)
        assert refused.permanent == permanent


@pytest.mark.parametrize(
    ("script", "words"),
    [
        (Script(sim=""), "there is no SIM"),
        (Script(sim="SIM PUK"), "PUK"),
        (Script(sim="SIM PIN"), "set `pin`"),
        (Script(registration=2), "it searches"),
        (Script(registration=3), "the network denies this SIM"),
        (Script(is_dumb=True), "does not answer"),
    ],
)
def test_what_hinders_it_is_said_and_the_message_waits(
    script: Script, words: str, channel: Channel
) -> None:
    with fake_modem(script) as fake:
        error = refusal(channel(fake))
        assert words in str(error)
        assert not error.permanent, "it leaves when somebody has mended the modem"
        assert fake.messages == []


def test_a_pin_is_entered_once_the_sim_asks_and_again_after_the_next_start(
    channel: Channel, tmp_path: Path
) -> None:
    with fake_modem(Script(sim="SIM PIN")) as fake:
        for _ in range(2):
            channel(fake, "1234").send(ENGLISH)
            channel(fake, "1234").send(ENGLISH)
            fake.script.sim = "SIM PIN"
        assert fake.pins == ["1234", "1234"]
        assert list(tmp_path.iterdir()) == [], "nothing is left of a PIN that was right"
        assert len(fake.messages) == 4


def test_a_wrong_pin_is_never_entered_again_not_even_by_the_next_process(channel: Channel) -> None:
    with fake_modem(Script(sim="SIM PIN", pin="9999")) as fake:
        assert "the PIN is wrong" in str(refusal(channel(fake, "1234")))
        for _ in range(5):
            error = refusal(channel(fake, "1234"))
            assert "not entered again" in str(error)
            assert "1234" not in str(error)
        assert fake.pins == ["1234"]
        channel(fake, "9999").send(ENGLISH)
        assert fake.pins == ["1234", "9999"], "a corrected one is tried"
        channel(fake, "1234").send(ENGLISH)  # the SIM is open now
        fake.script.sim = "SIM PIN"
        refusal(channel(fake, "1234"))
        assert fake.pins == ["1234", "9999"], "an open SIM makes no wrong PIN right"


def test_a_pin_whose_answer_never_came_counts_as_refused(
    channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        """As SIGKILL would."""

    def killed(*_: object, **__: object) -> str:
        raise Killed

    with fake_modem(Script(sim="SIM PIN")) as fake:
        way = channel(fake, "1234")
        real = dialogue.Dialogue.command

        def command(self: dialogue.Dialogue, text: str, *rest: str, **more: float) -> str:
            if text.startswith("AT+CPIN="):
                raise Killed
            return real(self, text, *rest, **more)  # type: ignore[arg-type]

        with monkeypatch.context() as patch:
            patch.setattr(dialogue.Dialogue, "command", command)
            with pytest.raises(Killed):
                way.send(ENGLISH)
        assert "not entered again" in str(refusal(way))
        fake.script.sim = "READY"  # a person has unlocked it
        way.send(ENGLISH)
        fake.script.sim = "SIM PIN"
        way.send(ENGLISH)
        assert fake.pins == ["1234"]


def test_a_sim_that_was_too_busy_to_look_at_the_pin_is_given_it_later(channel: Channel) -> None:
    with fake_modem(Script(sim="SIM PIN", pin_errors=[b"+CME ERROR: 14"])) as fake:
        assert "busy" in str(refusal(channel(fake, "1234")))
        channel(fake, "1234").send(ENGLISH)
        assert fake.pins == ["1234"]


def test_where_nothing_can_be_noted_no_pin_is_entered_but_an_open_sim_sends(
    channel: Channel, tmp_path: Path
) -> None:
    with fake_modem(Script(sim="SIM PIN")) as fake:
        way = channel(fake, "1234")
        for damage in ('{"half', "[]"):
            (tmp_path / "pins.json").write_text(damage)
            assert "no PIN is entered" in str(refusal(way))
        (tmp_path / "pins.json").unlink()
        (tmp_path / "pins.json").mkdir()
        refusal(way)
        assert fake.pins == []
        fake.script.sim = "READY"
        way.send(ENGLISH)
        assert len(fake.messages) == 1


def test_doctor_is_told_how_the_modem_stands(fake: FakeModem, channel: Channel) -> None:
    assert channel(fake).check() == (
        "huawei E173: SIM ready, in its own network, signal good (-77 dBm)"
    )
    assert fake.messages == []


@pytest.mark.parametrize(
    ("script", "words"),
    [
        (Script(sim=""), "huawei E173: there is no SIM in the modem (+CME ERROR 10); signal good"),
        (Script(registration=2, signal=0), "it searches; signal almost none (-113 dBm)"),
        (Script(registration=2, signal=99), "signal unknown"),
    ],
)
def test_doctor_is_told_what_hinders_it(script: Script, words: str, channel: Channel) -> None:
    with fake_modem(script) as fake, pytest.raises(DeliveryError) as caught:
        channel(fake).check()
    assert words in str(caught.value)


def test_two_channels_take_turns_at_one_modem(channel: Channel) -> None:
    with fake_modem(Script(delay_s=0.02)) as fake:
        ways = [threading.Thread(target=channel(fake).send, args=(DARI,)) for _ in range(2)]
        for way in ways:
            way.start()
        for way in ways:
            way.join(60)
        assert [read.part for read in received(fake)] == [(35, 3, at) for at in (1, 2, 3)] * 2


def test_a_modem_that_another_holds_for_long_is_busy(
    fake: FakeModem, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sender, "TURN_S", 0.2)
    other = os.open(fake.path, os.O_RDWR | os.O_NOCTTY)
    fcntl.flock(other, fcntl.LOCK_EX)
    assert "busy with another message" in str(refusal(channel(fake)))
    os.close(other)
    channel(fake).send(ENGLISH)


def test_what_is_no_modem_is_said(channel: Channel, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    os.mkfifo(tmp_path / "pipe")
    assert "is it plugged in?" in str(refusal(channel(tmp_path / "none")))
    for name in ("file", "pipe"):
        assert "not a serial port" in str(refusal(channel(tmp_path / name)))


def test_where_there_are_no_serial_ports_the_file_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serial_port, "IS_SUPPORTED", False)
    with pytest.raises(ConfigError, match="POSIX"):
        serial_port.check_supported(Path("COM3"))


@pytest.mark.parametrize("script", [Script(is_dumb=True), Script(unasked=b"RING\r\n" * 99)])
def test_whatever_the_modem_does_it_is_over_before_the_lease(
    script: Script, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sender.TOTAL_S * 1000 < LEASE - 20_000
    monkeypatch.setattr(sender, "TOTAL_S", 1.0)
    monkeypatch.setattr(dialogue, "ANSWER_S", 60.0)
    script.registration = 2
    monkeypatch.setattr(modem, "REGISTERING_S", 60.0)
    with fake_modem(script) as fake:
        began = time.monotonic()
        refusal(channel(fake))
        assert time.monotonic() - began < 30
