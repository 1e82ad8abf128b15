"""The mail loop looks as often as it should, and says once that the mailbox is away."""

import logging
from pathlib import Path

import pytest

from app.services.mail import LONGEST_PAUSE, Replies
from core.errors import SourceError
from core.schema.mail import Mail
from core.time.clock import HOUR, MINUTE, SECOND
from storage.records import Records

T0 = 1_767_225_600_000


@pytest.fixture
def settings(tmp_path: Path) -> Mail:
    (tmp_path / "password").write_text("x")
    server = {"host": "192.0.2.1", "user": "x", "password": f"file:{tmp_path}/password"}
    return Mail.model_validate(
        {
            "from": "a@centre.example",
            "smtp": {"host": "192.0.2.1"},
            "imap": {**server, "every": "1m"},
        }
    )


class Mailbox:
    """Answers, or is away."""

    def __init__(self) -> None:
        self.away = False
        self.read_at: list[int] = []
        self.now = T0

    def __call__(self, *_: object) -> int:
        self.read_at.append(self.now)
        if self.away:
            raise SourceError("192.0.2.1: timed out")
        return 0


def spend(replies: Replies, box: Mailbox, span: int) -> int:
    """Five seconds after five seconds; how often it was asked."""
    before, end = len(box.read_at), box.now + span
    while box.now < end:
        replies.look(box.now)
        box.now += 5 * SECOND
    return len(box.read_at) - before


def test_it_is_asked_less_and_less_while_it_is_away_and_that_is_said_once(
    settings: Mail, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    box = Mailbox()
    replies = Replies(settings, Records(f"sqlite:///{tmp_path}/records.db"), tmp_path, box)
    assert spend(replies, box, 10 * MINUTE) == 10
    box.away = True
    assert spend(replies, box, 6 * HOUR) < 6 * HOUR / LONGEST_PAUSE + 8
    box.away = False
    spend(replies, box, HOUR)
    said = [record.message for record in caplog.records]
    assert said == [
        "replies to tickets cannot be read: 192.0.2.1: timed out",
        "replies to tickets can be read again",
    ]
    assert spend(replies, box, 10 * MINUTE) == 10, "as often as before"


def test_a_clock_that_is_set_back_does_not_make_it_wait(settings: Mail, tmp_path: Path) -> None:
    box = Mailbox()
    replies = Replies(settings, Records(f"sqlite:///{tmp_path}/records.db"), tmp_path, box)
    spend(replies, box, 2 * MINUTE)
    box.now -= 365 * 24 * HOUR
    assert spend(replies, box, 2 * MINUTE) == 2
