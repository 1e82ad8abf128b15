"""How many examples a property is tried with: `@examples(300)` above `@given`.

A whole run tries them all. `pytest -m "not servers"`, which is to end in a minute, tries a tenth
(the profile `quick` of tests/conftest.py), others each time.
"""

from collections.abc import Collection

from hypothesis import HealthCheck, settings


def examples(count: int, suppress_health_check: Collection[HealthCheck] = ()) -> settings:
    """Settings for a property that deserves `count` examples where the profile has 100."""
    assert settings.default is not None
    share = settings.default.max_examples / 100
    return settings(
        max_examples=max(round(count * share), 1), suppress_health_check=suppress_health_check
    )
