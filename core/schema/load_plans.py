"""Finds and reads the files of plans, and lays them on the devices that have them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from core.errors import ConfigError, Mistake
from core.schema.check_proofs import lacking, misfits, proofs_in
from core.schema.item_rules import NamedFile, with_item_rules
from core.schema.metric import Metric
from core.schema.plan import Plan, PlanFile
from core.schema.profile import Profile
from core.schema.strict_model import did_you_mean
from core.schema.yaml_file import read

SHIPPED_PLANS = Path(__file__).resolve().parents[2] / "config" / "plans"


class PlanLibrary:
    """The plan files of a few folders, each read once; the first folder that has a name wins."""

    def __init__(self, folders: Iterable[Path], mistakes: list[Mistake]) -> None:
        self._paths: dict[str, Path] = {}
        for folder in folders:
            for path in sorted(folder.glob("*.yaml")):
                self._paths.setdefault(path.stem, path)
        self._mistakes = mistakes
        self._files: dict[str, PlanFile | None] = {}

    def unknown(self, names: Iterable[str]) -> Iterator[tuple[int, str]]:
        """Which of the names nobody has written, by their place, and what may be meant."""
        for index, name in enumerate(names):
            if name not in self._paths:
                yield index, f"unknown plans {name!r}{did_you_mean(name, self._paths)}"

    def get(self, name: str) -> PlanFile | None:
        """The file of that name; None when it is absent or wrong, which is then noted."""
        if name not in self._files:
            path = self._paths.get(name)
            self._files[name] = read(path, PlanFile, self._mistakes)[1] if path else None
        return self._files[name]

    def duplicates(self, names: Iterable[str]) -> Iterator[str]:
        """A text for each plan that two files of one device both have: an occurrence could mean either."""
        first_file: dict[str, str] = {}
        for name in names:
            file = self.get(name)
            for plan in file.plans if file else []:
                if plan.id in first_file:
                    yield f"the plan {plan.id!r} is in {first_file[plan.id]!r} and in {name!r}"
                first_file.setdefault(plan.id, name)

    def files(self, names: Iterable[str]) -> list[NamedFile]:
        """Those of the names that can be read, each after its name."""
        return [(name, file) for name in names if (file := self.get(name)) is not None]

    def check_limits(self, profile: Profile, names: Sequence[str]) -> None:
        """Note each item of these plans whose limit contradicts another of the device, once."""
        for clash in with_item_rules(profile, self.files(names))[1]:
            mistake = Mistake(str(self._paths[clash.file]), clash.place, clash.text)
            if mistake not in self._mistakes:
                self._mistakes.append(mistake)

    def check_proofs(self, profile: Profile, names: Sequence[str]) -> None:
        """Note each proof that does not fit the device; of a site's own plans also those that can
        never be given. A limit that one device lacks of many is no mistake of what Scanward ships.
        """
        files = self.files(names)
        every_plan = [plan for _, file in files for plan in file.plans]
        measuring = with_measured(with_item_rules(profile, files)[0], every_plan)
        for name, file in files:
            path = self._paths[name]
            mistakes = list(misfits(profile, file.plans))
            if path.parent != SHIPPED_PLANS:
                mistakes += lacking(measuring, file.plans)
            for place, text in mistakes:
                mistake = Mistake(str(path), place, text)
                if mistake not in self._mistakes:
                    self._mistakes.append(mistake)

    def check_metrics(self, users: Mapping[str, list[Profile]]) -> None:
        """A metric in a site's own plans that none of the devices with these plans has is a typing
        mistake. What Scanward ships is for many kinds of device and may name what one lacks.
        """
        for name, profiles in users.items():
            file, path = self._files.get(name), self._paths.get(name)
            if file is None or path is None or path.parent == SHIPPED_PLANS:
                continue
            known = {metric for profile in profiles for metric in profile.metrics}
            for where, metric in _named_metrics(file):
                if metric not in known:
                    text = f"unknown metric {metric!r}{did_you_mean(metric, known)}"
                    self._mistakes.append(Mistake(str(path), where, text))


def load_plans(path: Path) -> PlanFile:
    """One file of plans. ConfigError lists every mistake."""
    mistakes: list[Mistake] = []
    file = read(path, PlanFile, mistakes)[1]
    if file is None:
        raise ConfigError(mistakes)
    return file


def with_measured(profile: Profile, plans: Iterable[Plan]) -> Profile:
    """The profile with a metric for each measured item that has none of its own."""
    measured = {
        item.measure.metric: Metric(
            title=item.measure.title or item.text,
            unit=item.measure.unit,
            plausible=item.measure.plausible,
        )
        for plan in plans
        for item in plan.items
        if item.measure is not None
    }
    return profile.model_copy(update={"metrics": {**measured, **profile.metrics}})


def _named_metrics(file: PlanFile) -> Iterator[tuple[str, str]]:
    for i, plan in enumerate(file.plans):
        if plan.use is not None:
            yield f"plans[{i}].use.metric", plan.use.metric
            for j, metric in enumerate(plan.use.also):
                yield f"plans[{i}].use.also[{j}]", metric
        for j, metric in enumerate(plan.brought_forward_by):
            yield f"plans[{i}].brought_forward_by[{j}]", metric
    for place, _, proof in proofs_in(file.plans):
        for key, metric in (*proof.named_metrics(), *proof.names_beside()):
            yield f"{place}.{key}", metric
