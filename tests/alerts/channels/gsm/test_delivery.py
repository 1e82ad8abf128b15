"""Deliveries by a modem that fails in every way: nothing is lost, in order, each with its id."""

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from alerts.channels.gsm import dialogue, modem
from alerts.channels.gsm.sender import GsmSender
from alerts.notification.delivery import deliver_due
from alerts.notification.notices import NoticeGiver
from core.schema.channel_kinds.gsm import GsmChannel
from tests.alerts.channels.gsm.decoder import read_codes, read_pdu
from tests.alerts.conftest import Centre, Phone, at
from tests.support.fake_modem import FakeModem, Script, fake_modem

pytestmark = pytest.mark.servers


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    for module, name, seconds in (
        (dialogue, "ANSWER_S", 0.3),
        (dialogue, "QUIET_S", 0.02),
        (modem, "SENDING_S", 0.3),
        (modem, "REGISTERING_S", 0.0),
        (modem, "SIM_STARTS_S", 0.0),
        (modem, "LOOK_EVERY_S", 0.01),
    ):
        monkeypatch.setattr(module, name, seconds)


def texts(fake: FakeModem) -> list[str]:
    """What telephones show: parts joined by their reference, twice what came twice."""
    shown: list[str] = []
    for command, content in fake.messages:
        value = command.removeprefix("AT+CMGS=")
        if value.startswith('"'):
            shown.append(read_codes(list(content)))
            continue
        read = read_pdu(content.decode(), int(value))
        if read.part and read.part[2] > 1:
            shown[-1] += read.text
        else:
            shown.append(read.text)
    return shown


def ids(fake: FakeModem) -> list[int]:
    return [int(match[1]) for text in texts(fake) if (match := re.search(r"#(\d+)$", text))]


def give_notices(centre: Centre, minute: float) -> None:
    centre.engine.tick(at(minute))
    NoticeGiver(centre.site, centre.records).give_notices(at(minute))


def hung_up(script: Script) -> None:
    script.errors = [b"+CMS ERROR: 331"]


@pytest.mark.parametrize(
    "trouble",
    [
        lambda script: setattr(script, "reboots", 1),
        lambda script: setattr(script, "no_prompts", 1),
        lambda script: setattr(script, "registration", 2),
        lambda script: setattr(script, "sim", ""),
        lambda script: setattr(script, "is_dumb", True),
        hung_up,
    ],
)
def test_what_fails_is_sent_when_the_modem_is_well_again_in_order(
    trouble: Callable[[Script], None], centre: Centre, tmp_path: Path
) -> None:
    with fake_modem() as fake:
        entry = GsmChannel(kind="gsm", id="phone", modem=fake.path, number="+93700000000")
        ways = {"phone": GsmSender(entry, None, tmp_path / "pins.json"), "log": Phone()}
        centre.read("helium_level_pct", 58.0, 0)
        centre.read("helium_level_pct", 58.0, 10)
        give_notices(centre, 10)
        centre.read("helium_level_pct", 70.0, 20)
        give_notices(centre, 20)
        trouble(fake.script)
        deliver_due(centre.site, centre.records, ways, lambda: at(21))
        assert fake.messages == []
        fake.script = Script()
        for minute in range(22, 60):
            deliver_due(centre.site, centre.records, ways, partial(at, minute))
        assert [text.split(":")[0] for text in texts(fake)] == ["Critical", "Over"]
        assert ids(fake) == sorted(ids(fake))


def test_a_message_whose_confirmation_is_lost_comes_again_with_the_same_id(
    centre: Centre, tmp_path: Path
) -> None:
    with fake_modem() as fake:
        entry = GsmChannel(kind="gsm", id="phone", modem=fake.path, number="+93700000000")
        ways = {"phone": GsmSender(entry, None, tmp_path / "pins.json"), "log": Phone()}
        centre.read("helium_level_pct", 58.0, 0)
        centre.read("helium_level_pct", 58.0, 10)
        give_notices(centre, 10)
        fake.script.is_silent_after_sending = True
        deliver_due(centre.site, centre.records, ways, lambda: at(11))
        fake.script = Script()
        deliver_due(centre.site, centre.records, ways, lambda: at(12))
        first, again = texts(fake)
        assert first == again
