"""How much an SMS may say, by who reads it: signs of Dari take more room."""

from pathlib import Path

import pytest

from alerts.channels.gsm.parts import room
from alerts.channels.gsm.sender import GsmSender
from core.schema.channel_kinds.gsm import GsmChannel
from tests.alerts.notification.letters import Post


@pytest.mark.parametrize(("channel", "is_dari"), [("sms", True), ("phone", False), ("log", False)])
def test_a_channel_of_somebody_who_reads_dari_has_room_for_dari(
    tmp_path: Path, channel: str, is_dari: bool
) -> None:
    site = Post(tmp_path).site
    entry = GsmChannel(id=channel, kind="gsm", modem=Path("/dev/ttyUSB0"), number="+93700000000")
    assert GsmSender.of(entry, site).longest == room(entry.parts, is_ucs2=is_dari)
