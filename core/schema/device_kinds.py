"""The profiles that a new device may have."""

from pathlib import Path

from core.errors import Mistake
from core.schema.load_plans import SHIPPED_PLANS, PlanLibrary
from core.schema.load_profiles import BASE, SHIPPED_PROFILES, ProfileLibrary
from core.schema.profile import Profile


def device_kinds(site_path: Path) -> dict[str, Profile]:
    """By name, the site's own first; not what others are made of (`_plug`), and none that is wrong itself."""
    mistakes: list[Mistake] = []
    plans = PlanLibrary([site_path.parent / "plans", SHIPPED_PLANS], mistakes)
    library = ProfileLibrary([site_path.parent / "profiles", SHIPPED_PROFILES], mistakes, plans)
    names = [
        name for name in library.names() if not name.startswith(("_", "demo-")) and name != BASE
    ]
    profiles = {name: library.get(name) for name in names}
    return {name: profile for name, profile in profiles.items() if profile is not None}
