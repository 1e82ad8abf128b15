"""The shipped profiles, loaded once for all tests of this folder."""

from pathlib import Path

from core.errors import Mistake
from core.schema.load_plans import SHIPPED_PLANS, PlanLibrary
from core.schema.load_profiles import SHIPPED_PROFILES, ProfileLibrary
from core.schema.profile import Profile
from core.schema.rules.limit import LimitRule
from core.schema.sources.snmp import SnmpMap, SnmpTable, SnmpValue

CONFIG = SHIPPED_PROFILES.parent
REPOSITORY = CONFIG.parent
PATHS = sorted(SHIPPED_PROFILES.glob("*.yaml"))
NAMES = [path.stem for path in PATHS]
DEVICES = [name for name in NAMES if name != "base" and not name.startswith("_")]

_mistakes: list[Mistake] = []
_library = ProfileLibrary([SHIPPED_PROFILES], _mistakes, PlanLibrary([SHIPPED_PLANS], _mistakes))


def profile(name: str) -> Profile:
    """One shipped profile with its parents under it; every file is read once for all tests."""
    profile = _library.get(name)
    assert profile is not None, _mistakes
    return profile


def limits(name: str) -> list[LimitRule]:
    """Every limit of a profile."""
    return [rule for rule in profile(name).rules if isinstance(rule, LimitRule)]


def answers(name: str) -> list[SnmpValue | SnmpTable]:
    """Everything that a profile asks by SNMP."""
    snmp = SnmpMap.of(profile(name))
    return [*snmp.values, *snmp.tables]


def write(folder: Path, name: str, text: str) -> Path:
    """A YAML file of a test."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path
