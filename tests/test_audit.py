"""What may be excused in an audit of the lock file, and that nobody waits where the service is not reached."""

import json
from collections.abc import Mapping
from datetime import date

import pytest

from tests.support.locked_audit import EXCUSED, NOT_REACHED, command, excuses, is_reached, verdict
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


@pytest.mark.servers
def test_a_service_that_is_not_there_is_not_waited_for() -> None:
    assert not is_reached(f"http://127.0.0.1:{free_port()}/")


def test_what_could_not_be_looked_at_is_never_called_sound() -> None:
    unknown = {"name": "odd", "skip_reason": "Dependency not found on PyPI"}
    sound = {"name": "even", "version": "1.0", "vulns": []}
    faulty = {"name": "bad", "version": "2.0", "vulns": [{"id": "PYSEC-1", "fix_versions": []}]}

    def of(*packages: Mapping[str, object]) -> tuple[str, int]:
        return verdict(json.dumps({"dependencies": packages}))

    assert of(unknown) == (NOT_REACHED, 0)
    text, code = of(unknown, sound)
    assert (text.count("nothing is known of odd"), code) == (1, 0)
    text, code = of(sound, faulty)
    assert "bad 2.0: PYSEC-1, mended in nothing yet" in text
    assert code == 1
