"""Software and calibration: a change is an event, once, and whatever comes late is none."""

from collectors.dicom.receiver.scanner_memory import Change, ScannerMemory
from core.readings import CALIBRATED, SOFTWARE_CHANGED
from core.time.clock import DAY, HOUR
from tests.collectors.dicom.receiver.cast import T0


class Positions(dict[str, str]):
    """As the series store keeps them."""

    def save(self, change: Change) -> list[str]:
        self.update(change.positions)
        return [event.kind for event in change.events]


def test_the_first_version_is_no_change_and_the_next_is_across_a_restart() -> None:
    saved = Positions()
    memory = ScannerMemory(saved.get)
    assert saved.save(memory.software("ct-1", "CT", "VA40A", T0)) == []
    memory = ScannerMemory(saved.get)
    change = memory.software("ct-1", "CT", "VA44A", T0 + DAY)
    [event] = change.events
    assert (event.kind, event.at) == (SOFTWARE_CHANGED, T0 + DAY)
    assert event.text == "software: VA44A, before: VA40A"
    saved.save(change)
    assert saved.save(ScannerMemory(saved.get).software("ct-1", "CT", "VA44A", T0 + 2 * DAY)) == []


def test_an_old_study_that_is_sent_again_changes_nothing() -> None:
    saved = Positions()
    memory = ScannerMemory(saved.get)
    saved.save(memory.software("ct-1", "CT", "VA44A", T0))
    assert saved.save(memory.software("ct-1", "CT", "VA40A", T0 - 30 * DAY)) == []
    assert saved.save(memory.software("ct-1", "CT", "VA44A", T0 + HOUR)) == []


def test_two_consoles_of_one_scanner_are_no_changes_day_after_day() -> None:
    saved = Positions()
    memory = ScannerMemory(saved.get)
    kinds = [
        kind
        for n in range(20)
        for kind in saved.save(memory.software("mg-1", "MG", f"AWS {n % 2}", T0 + n * HOUR))
    ]
    assert kinds == [SOFTWARE_CHANGED]


def test_going_back_to_an_earlier_version_is_a_change() -> None:
    saved = Positions()
    memory = ScannerMemory(saved.get)
    versions = ("A", "B", "B", "A")
    kinds = [
        saved.save(memory.software("ct-1", "CT", version, T0 + n * 10 * DAY))
        for n, version in enumerate(versions)
    ]
    assert kinds == [[], [SOFTWARE_CHANGED], [], [SOFTWARE_CHANGED]]


def test_a_version_of_foreign_letters_and_any_length_makes_a_short_text() -> None:
    memory = ScannerMemory(Positions().get)
    memory.software("ct-1", "CT", "A", T0)
    [event] = memory.software("ct-1", "CT", "B\n\x1b[2J" + "9" * 400, T0 + DAY).events
    assert len(event.text) < 300
    assert event.text.isprintable()


def test_a_calibration_is_an_event_at_its_own_time_and_only_when_it_is_newer() -> None:
    saved = Positions()
    memory = ScannerMemory(saved.get)
    assert saved.save(memory.calibration("mg-1", T0)) == []
    assert saved.save(memory.calibration("mg-1", T0 - DAY)) == []
    change = ScannerMemory(saved.get).calibration("mg-1", T0 + DAY)
    assert [(event.kind, event.at) for event in change.events] == [(CALIBRATED, T0 + DAY)]
