"""Links that acknowledge: for one incident, one person, one site and a week."""

from pathlib import Path

import pytest

from alerts.notification.acknowledge_link import LinkBearer, bearer_of, link_to, sign
from core.errors import RefusedError
from core.time.clock import DAY, SECOND
from tests.alerts.notification.incidents import ROUTES, T0, Ward

WEB = f"http: {{public_url: 'https://scanward.example'}}\n{ROUTES}"


@pytest.fixture
def ward(tmp_path: Path) -> Ward:
    return Ward(tmp_path, WEB)


def token(ward: Ward, person: str = "sara") -> str:
    return link_to(ward.site, 17, person, T0).rpartition("/")[2]


@pytest.mark.parametrize("person", ["sara", ""])
def test_a_link_is_good_for_a_week(ward: Ward, person: str) -> None:
    text = token(ward, person)
    for now in (T0, T0 + 7 * DAY):
        assert bearer_of(ward.site, text, now) == LinkBearer(17, person)
    with pytest.raises(RefusedError, match="too old"):
        bearer_of(ward.site, text, T0 + 7 * DAY + SECOND)


def test_the_key_stays_so_a_restart_voids_no_link(ward: Ward) -> None:
    first = token(ward)
    ward.restart()
    assert token(ward) == first


def test_what_was_changed_or_made_elsewhere_is_refused(ward: Ward) -> None:
    good = token(ward)
    incident, expires, person, signature = good.split(".")
    forged = [
        "",
        "x",
        "...",
        good[:-1],
        good + "A",
        f"18.{expires}.{person}.{signature}",
        f"{incident}.zzzzzz.{person}.{signature}",
        f"{incident}.{expires}.omar.{signature}",
        sign(b"another key", LinkBearer(17, "sara"), T0 + DAY),
        "۱۷" + good[2:],
        "9" * 100_000 + good,
        good.replace(".", "..", 1),
    ]
    for text in forged:
        with pytest.raises(RefusedError, match="not one of ours"):
            bearer_of(ward.site, text, T0)


def test_without_a_key_no_link_was_ever_made(ward: Ward) -> None:
    good = token(ward)
    ward.site.link_key_path.unlink()
    with pytest.raises(RefusedError, match="not one of ours"):
        bearer_of(ward.site, good, T0)


def test_a_key_that_cannot_be_read_costs_the_link_and_not_the_message(ward: Ward) -> None:
    ward.site.link_key_path.mkdir()
    ward.begin(0)
    ward.give(0)
    ward.send(0)
    assert "Acknowledge" not in ward.line.messages[0].body
