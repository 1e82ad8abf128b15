"""How many examples a property is tried with: `@examples(300)` above `@given`, `seeds(20)` to parametrise.

`pytest --hypothesis-profile=thorough` tries them all, a usual run two fifths, `pytest -m "not servers"`,
which is to end in a minute, a tenth (the profiles of tests/conftest.py); of examples others each time.
"""

from collections.abc import Collection

from hypothesis import HealthCheck, settings


def examples(count: int, suppress_health_check: Collection[HealthCheck] = ()) -> settings:
    """Settings for a property that deserves `count` examples where the thorough profile has 100."""
    return settings(max_examples=_share(count), suppress_health_check=suppress_health_check)


def seeds(count: int) -> range:
    """Seeds for a drill by chance, or a device by chance, that deserves `count` of them."""
    return range(_share(count))


def _share(count: int) -> int:
    assert settings.default is not None
    return max(round(count * settings.default.max_examples / 100), 1)
