"""A new kind of channel is a model, a sender and a line."""

from pathlib import Path
from typing import Literal, Self

import pytest

from alerts.channels import ChannelSender, Notification, senders
from core.schema import channels
from core.schema.channel_kinds.base import ChannelEntry
from core.schema.load import load_site
from core.schema.site import Site

SITE = """
id: small
name: Small
zone: Asia/Kabul
channels: [{kind: pager, id: p1, box: 7}, {kind: log, id: log}]
routes: []
devices: []
"""


class PagerChannel(ChannelEntry):
    kind: Literal["pager"]
    box: int


class PagerSender(ChannelSender):
    received: list[Notification] = []

    @classmethod
    def of(cls, channel: ChannelEntry, site: Site) -> Self:
        assert isinstance(channel, PagerChannel)
        return cls()

    def check(self) -> str:
        return "box is there"

    def send(self, notification: Notification) -> None:
        self.received.append(notification)


def test_a_new_kind_is_a_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kind = channels.ChannelKind(f"{__name__}:PagerChannel", f"{__name__}:PagerSender")
    monkeypatch.setitem(channels.KINDS, "pager", kind)
    (tmp_path / "site.yaml").write_text(SITE)
    ways = senders(load_site(tmp_path / "site.yaml"))
    assert [way.check() for way in ways.values()] == ["box is there", "writes to the log"]
    message = Notification(1, "info", resolved=False, title="x", body="y")
    ways["p1"].send(message)
    assert PagerSender.received == [message]
