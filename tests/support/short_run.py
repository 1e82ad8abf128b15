"""The run that needs no server and ends in a minute."""

import pytest


def is_short_run(config: pytest.Config) -> bool:
    """Is it `pytest -m "not servers"`?"""
    return bool(config.getoption("markexpr") == "not servers")
