"""Who looks at the pages of a test."""

import pytest

from access.principal import Principal
from core.vocabulary.rights import rights_of
from dashboard.queries import identity

SARA = "Sara Ahmadi"


def person(*roles: str, full_name: str = SARA) -> Principal:
    """Somebody with these roles."""
    return Principal(1, "sara", full_name, roles, "", rights_of(roles), "10.0.0.9", 1)


def sign_in(monkeypatch: pytest.MonkeyPatch, principal: Principal | None) -> None:
    """Pages are driven without the middleware, which says to a real page whose it is."""
    monkeypatch.setattr(identity, "here", lambda: principal)


SARA_HERSELF = person("engineer", "physicist", "IT")  # she does whatever has to be done
