"""What may be excused in an audit of the lock file, and that nobody waits where the service is not reached."""

from datetime import date

import pytest

from tests.support.locked_audit import EXCUSED, command, excuses, is_reached
from tests.support.ports import free_port

TODAY = date(2026, 11, 29)
GOOD = '[[excused]]\nid = "PYSEC-2026-1"\nreason = "not called here"\nuntil = 2026-11-29\n'


def test_an_excuse_has_a_reason_and_a_last_day() -> None:
    assert excuses("", TODAY) == []
    assert excuses(GOOD, TODAY) == ["PYSEC-2026-1"]
    assert command(excuses(GOOD, TODAY))[-2:] == ["--ignore-vuln", "PYSEC-2026-1"]
    for wrong, words in (
        (GOOD.replace("not called here", " "), "an excuse has"),
        (GOOD.replace("until", "# until"), "an excuse has"),
        (GOOD.replace("2026-11-29", '"for ever"'), "an excuse has"),
        (GOOD.replace("2026-11-29", "2026-11-28"), "excused until 2026-11-28"),
    ):
        with pytest.raises(ValueError, match=words):
            excuses(wrong, TODAY)


def test_the_projects_own_excuses_can_be_read() -> None:
    assert isinstance(excuses(EXCUSED.read_text(encoding="utf-8"), date.min), list)


def test_a_service_that_is_not_there_is_not_waited_for() -> None:
    assert not is_reached(f"http://127.0.0.1:{free_port()}/")
