"""The profiles and plans that ship with Scanward are read once by a process that tests.

Hundreds of tests load a site, and each load checked the same files anew: a tenth of the short run.
A site's own files are read each time, and so is everything in a process that a test starts.
"""

from functools import cache
from pathlib import Path
from typing import Any

from core.errors import Mistake
from core.schema import load_plans, load_profiles
from core.schema.load_plans import SHIPPED_PLANS
from core.schema.load_profiles import SHIPPED_PROFILES
from core.schema.strict_model import Strict
from core.schema.yaml_file import read

FOLDERS = (SHIPPED_PLANS, SHIPPED_PROFILES)


@cache
def _read(path: Path, model: type[Strict]) -> tuple[Any, Strict | None, tuple[Mistake, ...]]:
    mistakes: list[Mistake] = []
    raw, file = read(path, model, mistakes)
    return raw, file, tuple(mistakes)


def read_once(
    path: Path, model: type[Strict], mistakes: list[Mistake]
) -> tuple[Any, Strict | None]:
    """As `core.schema.yaml_file.read`."""
    if path.parent not in FOLDERS:
        return read(path, model, mistakes)
    raw, file, wrong = _read(path, model)
    mistakes += wrong
    return raw, file


def pytest_collection_finish() -> None:
    for loader in (load_plans, load_profiles):
        setattr(loader, "read", read_once)  # noqa: B010  the type checker need not know
