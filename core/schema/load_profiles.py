"""Finds and reads the files of profiles, lays each over its parents, and checks what it names."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from core.errors import Mistake
from core.schema.load_plans import PlanLibrary
from core.schema.profile import Profile
from core.schema.strict_model import did_you_mean
from core.schema.yaml_file import read

SHIPPED_PROFILES = Path(__file__).resolve().parents[2] / "config" / "profiles"


BASE = "base"  # every profile lies over it


class ProfileLibrary:
    """The profiles of a few folders, each read once; the first folder that has a name wins."""

    def __init__(
        self, folders: Iterable[Path], mistakes: list[Mistake], plans: PlanLibrary
    ) -> None:
        self._plans = plans
        self._paths: dict[str, Path] = {}
        for folder in folders:
            for path in sorted(folder.glob("*.yaml")):
                self._paths.setdefault(path.stem, path)
        self._mistakes = mistakes
        self._own: dict[str, Profile | None] = {}  # as its file says it
        self._inherited: dict[str, Profile | None] = {}  # over its ancestors

    def names(self) -> list[str]:
        """Every profile that can be named."""
        return list(self._paths)

    def get(self, name: str) -> Profile | None:
        """The profile over its ancestors; None when it is absent or wrong, which is then noted."""
        if name not in self._inherited:
            self._inherited[name] = self._with_ancestors(name) if name in self._paths else None
        return self._inherited[name]

    def _with_ancestors(self, name: str) -> Profile | None:
        """Base first, then every ancestor once however often it is named, then the profile."""
        order: list[str] = []
        self._add_in_order(BASE, (), order)
        self._add_in_order(name, (), order)
        profiles = [self._own[ancestor] for ancestor in order]
        complete = Profile()
        for profile in profiles:
            complete = profile.over(complete) if profile else complete
        if not all(profiles):
            return None  # what is missing may be what the rest refers to
        before = len(self._mistakes)
        own = self._own[name] or complete
        for place, text in check_profile(own, complete):
            self._note(self._paths[name], place, text)
        for index, text in self._plans.unknown(own.plans):
            self._note(self._paths[name], f"plans[{index}]", text)
        if len(self._mistakes) > before:
            return None
        rules = [rule.in_profile(complete) for rule in complete.rules]
        return complete.model_copy(update={"rules": rules})

    def _add_in_order(self, name: str, children: tuple[str, ...], order: list[str]) -> None:
        """Append the ancestors of `name` that are not in `order` yet, then `name`."""
        if name in order or name not in self._paths:
            return
        first_time = name not in self._own
        if first_time:
            self._own[name] = read(self._paths[name], Profile, self._mistakes)[1]
        own = self._own[name]
        for index, parent in enumerate(own.extends if own else []):
            text = ""
            if parent in (*children, name):
                text = f"{parent!r} extends itself"
            elif parent not in self._paths:
                text = f"unknown profile {parent!r}{did_you_mean(parent, self.names())}"
            if text:
                self._own[name] = None
                if first_time:
                    self._note(self._paths[name], f"extends[{index}]", text)
            else:
                self._add_in_order(parent, (*children, name), order)
        order.append(name)

    def _note(self, path: Path, place: str, text: str) -> None:
        self._mistakes.append(Mistake(str(path), place, text))


def check_profile(own: Profile, complete: Profile) -> Iterator[tuple[str, str]]:
    """What the profile names without it, or a parent, saying what it is."""
    for i, rule in enumerate(own.rules):
        for key, text in rule.unknown_names(complete):
            yield f"rules[{i}].{key}", text
    for place, metric in _named_metrics(own):
        if metric not in complete.metrics:
            hint = did_you_mean(metric, complete.metrics)
            yield f"{place}.metric", f"unknown metric {metric!r}{hint}"
    events = {event for own_map in complete.maps.values() for event in own_map.events()}
    for i, detector in enumerate(own.detectors):
        if detector.events and detector.events not in events:
            hint = did_you_mean(detector.events, events)
            yield f"detectors[{i}].events", f"unknown event {detector.events!r}{hint}"


def _named_metrics(own: Profile) -> Iterator[tuple[str, str]]:
    """Each metric that a detector or a source's map names, after its place."""
    for i, detector in enumerate(own.detectors):
        for metric in dict.fromkeys([detector.metric, *detector.metrics]):
            yield f"detectors[{i}]", metric
    if own.power.settling:
        yield "power.settling", own.power.settling.metric
    for kind, source_map in own.maps.items():
        for place, metric in source_map.named_metrics():
            yield f"{kind}.{place}", metric
