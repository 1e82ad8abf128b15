"""What the tests of the plain pages share."""

from collections.abc import Iterator

import pytest

from dashboard.http.wrong_links import WRONG_LINKS


@pytest.fixture(autouse=True)
def _nobody_was_wrong() -> Iterator[None]:
    WRONG_LINKS.forget()
    yield
    WRONG_LINKS.forget()
