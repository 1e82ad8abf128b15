"""What an SNMPv3 agent reports becomes words that a person can act on."""

import pytest

from collectors.snmp.ber import Oid
from collectors.snmp.explain import EXPLANATIONS, report_error, status_name
from tests.collectors.snmp.cast import snmp

USER = {"name": "sara", "auth_password": "env:AUTH", "privacy_password": "env:PRIVACY"}


@pytest.mark.parametrize("oid", EXPLANATIONS)
def test_every_report_is_explained_with_the_agent_or_user(oid: Oid) -> None:
    error = report_error(snmp(161, version="3", user=USER), oid)

    assert "127.0.0.1:161" in str(error) or "'sara'" in str(error)
    assert "{" not in str(error)


@pytest.mark.parametrize(
    ("counter", "words", "permanent"),
    [
        (1, "another level", True),
        (2, "does not hold still", False),
        (3, "does not know the SNMPv3 user", True),
        (4, "engine id", False),
        (5, "wrong auth password", True),
        (6, "wrong privacy password", True),
    ],
)
def test_every_counter_of_the_user_model_has_words_of_its_own(
    counter: int, words: str, permanent: bool
) -> None:
    error = report_error(
        snmp(161, version="3", user=USER), (1, 3, 6, 1, 6, 3, 15, 1, 1, counter, 0)
    )

    assert words in str(error)
    assert error.permanent is permanent


def test_a_report_that_nobody_knows_is_passing_and_quoted() -> None:
    error = report_error(snmp(161), (1, 3, 9))

    assert not error.permanent
    assert str(error) == "bad answer from 127.0.0.1:161: report 1.3.9"


def test_an_error_status_has_its_name() -> None:
    assert [status_name(status) for status in (1, 5, 18, 99, -1)] == [
        *("tooBig", "genErr", "inconsistentName", "99", "-1")
    ]
