"""What pysnmp says becomes words that a person can act on."""

import inspect

import pytest
from pysnmp.proto import errind  # type: ignore[import-untyped]

from collectors.snmp.explain import EXPLANATIONS, exception_error, indication_error, status_name
from tests.collectors.snmp.cast import snmp

INDICATIONS = [
    kind
    for _, kind in inspect.getmembers(errind, inspect.isclass)
    if issubclass(kind, errind.ErrorIndication)
]
USER = {"name": "sara", "auth_password": "env:AUTH", "privacy_password": "env:PRIVACY"}


@pytest.mark.parametrize("kind", INDICATIONS, ids=lambda kind: str(kind.__name__))
def test_every_indication_is_explained_with_the_agent_or_user(
    kind: type[errind.ErrorIndication],
) -> None:
    error = indication_error(kind(), snmp(161, version="3", user=USER))

    assert "127.0.0.1:161" in str(error) or "'sara'" in str(error)
    assert "{" not in str(error)


def test_every_explanation_belongs_to_an_indication_that_pysnmp_still_has() -> None:
    assert set(EXPLANATIONS) <= {kind.__name__ for kind in INDICATIONS}


def test_what_pysnmp_raises_out_of_the_blue_is_passing_and_not_quoted() -> None:
    error = exception_error(ValueError("secret"), snmp(161))

    assert not error.permanent
    assert str(error) == "pysnmp stumbled over 127.0.0.1:161: ValueError"


def test_an_error_status_has_its_name() -> None:
    assert [status_name(status) for status in (1, 5, 18, 99, -1)] == [
        *("tooBig", "genErr", "inconsistentName", "99", "-1")
    ]
