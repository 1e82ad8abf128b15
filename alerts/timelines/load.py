"""Reads files of rule tests, and reports every mistake in them with its line."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from alerts.timelines.given import series_of
from alerts.timelines.places import Places
from alerts.timelines.timeline_file import Timeline, TimelineFile
from core.errors import ConfigError, Mistake
from core.schema.item_rules import with_item_rules
from core.schema.load_plans import SHIPPED_PLANS, PlanLibrary, with_measured
from core.schema.load_profiles import SHIPPED_PROFILES, ProfileLibrary
from core.schema.profile import Profile
from core.schema.strict_model import did_you_mean
from core.schema.yaml_file import read


@dataclass(frozen=True, slots=True)
class RuleTests:
    """A checked file of rule tests, with the profile whose rules it tests."""

    path: Path
    profile: Profile
    tests: tuple[Timeline, ...]
    places: Places


class RuleTestLibrary:
    """Files of rule tests. A profile is looked for in `profiles/` beside the file, or beside its folder,
    then among those that ship with Scanward, and is read once; plans likewise.
    """

    def __init__(self) -> None:
        self._mistakes: list[Mistake] = []  # in profiles and plans
        self._libraries: dict[Path, tuple[ProfileLibrary, PlanLibrary]] = {}

    def load(self, path: Path) -> RuleTests:
        """One file. ConfigError lists every mistake in it, or in its profile."""
        places, mistakes = Places(path), list[Mistake]()
        _, file = read(path, TimelineFile, mistakes)
        profile = None if file is None else self._profile(path, file, mistakes)
        if file is not None and profile is not None:
            mistakes += [Mistake(str(path), *found) for found in check_file(file, profile)]
        if mistakes or file is None or profile is None:
            raise ConfigError([places.placed(mistake) for mistake in mistakes] + self._mistakes)
        return RuleTests(path, profile, tuple(file.tests), places)

    def _profile(self, path: Path, file: TimelineFile, mistakes: list[Mistake]) -> Profile | None:
        """With the rules of its plans, as a device has it."""
        profiles, plans = self._libraries_of(path.resolve().parent)
        if file.profile not in profiles.names():
            text = f"unknown profile {file.profile!r}{did_you_mean(file.profile, profiles.names())}"
            mistakes.append(Mistake(str(path), "profile", text))
        for index, text in plans.unknown(file.plans or []):
            mistakes.append(Mistake(str(path), f"plans[{index}]", text))
        profile = profiles.get(file.profile)
        if profile is None:
            return None
        files = plans.files(profile.plans if file.plans is None else file.plans)
        of_plans = [plan for _, named in files for plan in named.plans]
        return with_measured(with_item_rules(profile, files)[0], of_plans)

    def _libraries_of(self, folder: Path) -> tuple[ProfileLibrary, PlanLibrary]:
        if folder not in self._libraries:
            nearby = [folder, folder.parent]
            plans = PlanLibrary(
                [*(near / "plans" for near in nearby), SHIPPED_PLANS], self._mistakes
            )
            folders = [*(near / "profiles" for near in nearby), SHIPPED_PROFILES]
            self._libraries[folder] = ProfileLibrary(folders, self._mistakes, plans), plans
        return self._libraries[folder]


def check_file(file: TimelineFile, profile: Profile) -> Iterator[tuple[str, str]]:
    """What the tests name and the profile does not have, after its place."""
    for number, test in enumerate(file.tests):
        names = (
            ("given", "metric", test.given, profile.metrics),
            ("verdicts", "detector", test.verdicts, [known.id for known in profile.detectors]),
            ("events", "event", test.events, _events(profile)),
            ("expect", "rule", test.expect, [rule.id for rule in profile.rules]),
        )
        for key, noun, used, known in names:
            for name in used:
                if name not in known:
                    text = f"unknown {noun} {name!r}{did_you_mean(name, known)}"
                    yield f"tests[{number}].{key}.{name}", text
        for name, given in test.given.items():
            if name in profile.metrics:
                try:
                    series_of(given, profile.metrics[name])
                except ValueError as error:
                    yield f"tests[{number}].given.{name}", str(error)


def _events(profile: Profile) -> list[str]:
    return sorted({event for own_map in profile.maps.values() for event in own_map.events()})
