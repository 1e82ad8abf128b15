"""From readings to what a person reads: the engine's incidents, notices, deliveries in one way."""

from alerts.notification.delivery import deliver_due
from alerts.notification.notices import NoticeGiver
from tests.alerts.conftest import Centre, Phone, at


class Loop:
    """The judge loop and the sending loop, a minute at a time; restarted at every step."""

    def __init__(self, centre: Centre) -> None:
        self.centre = centre
        self.log = Phone()

    def at(self, minute: float) -> list[str]:
        """What the log channel gets at that minute."""
        before = len(self.log.received)
        self.centre.restart()
        NoticeGiver(self.centre.site, self.centre.records).give_notices(at(minute))
        channels = {"log": self.log, "phone": Phone()}
        deliver_due(self.centre.site, self.centre.records, channels, lambda: at(minute))
        return [message.title for message in self.log.received[before:]]


def test_a_leak_is_one_message_and_its_end_another_through_any_restart(centre: Centre) -> None:
    loop = Loop(centre)
    centre.read("leak", 1, 0)
    assert loop.at(0) == [], "it may be a symptom"
    assert loop.at(1) == ["Warning: MRI (Magnet room): Water"]
    centre.read("leak", 1, 2)
    assert loop.at(2) == loop.at(300) == []
    centre.read("leak", 0, 301)
    centre.engine.tick(at(301))
    assert loop.at(302) == ["Over: MRI (Magnet room): Water"]
    assert loop.at(303) == []
    assert "Over after 5 h 1 min" in loop.log.received[-1].body


def test_it_leaks_again_and_that_is_news_again(centre: Centre) -> None:
    loop = Loop(centre)
    titles = []
    for begin in (0, 600):
        centre.read("leak", 1, begin)
        titles += loop.at(begin + 1)
        centre.read("leak", 0, begin + 10)
        centre.engine.tick(at(begin + 10))
        titles += loop.at(begin + 11)
    assert [title.split(":")[0] for title in titles] == ["Warning", "Over"] * 2
