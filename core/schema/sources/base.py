"""What every kind of source answers about itself, so that nobody outside asks which kind it is.

A kind is two models: an entry under a device's `sources:` in the site file, and a map under the
kind's own key in a profile. Each overrides here only what differs.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar, Self

from pydantic import BaseModel, ConfigDict

from core.schema.strict_model import Strict

if TYPE_CHECKING:
    from core.schema.profile import Profile
    from core.schema.site import SiteFile


Misfit = tuple[str, str]  # the key where something is wrong, such as `values[0].metric`, and what


class SourceMap(BaseModel):
    """How one kind of source yields the metrics and events of a profile."""

    model_config = ConfigDict(frozen=True)

    @classmethod
    def of(cls, profile: "Profile") -> Self:
        """What the profile says of this kind; empty if it says nothing."""
        return next(
            (own_map for own_map in profile.maps.values() if isinstance(own_map, cls)), cls()
        )

    @property
    def is_empty(self) -> bool:
        """Nothing is mapped."""
        return not any(getattr(self, name) for name in type(self).model_fields)

    def named_metrics(self) -> Iterator[tuple[str, str]]:
        """Each metric that it names, after its place in the map: `values[0]`."""
        return iter(())

    def events(self) -> Iterator[str]:
        """The kinds of event that it makes."""
        return iter(())

    def texts(self) -> Iterator[str]:
        """The texts that it puts into events and components itself, placeholders in braces."""
        return iter(())

    def over(self, parent: Self) -> Self:
        """This map laid over `parent`: lists add up, the same name replaces."""
        inherited = {name: getattr(parent, name) for name in parent.model_fields_set}
        own = {name: getattr(self, name) for name in self.model_fields_set & set(inherited)}
        laid = {name: _laid_over(value, inherited[name]) for name, value in own.items()}
        return self.model_copy(update={**inherited, **laid})


class SourceEntry(Strict, ABC):
    """One source of one device, as the site file writes it."""

    title: ClassVar[str]  # for a person: "Log file"
    profile_map: ClassVar[type[SourceMap]]

    kind: str

    @property
    def part(self) -> str:
        """The part of the device that it reports on; empty for the device as a whole."""
        return ""

    @property
    def up_component(self) -> str:
        """The component of its `up`: `mqtt`, or `room-mqtt` for the part `room`."""
        return f"{self.part}-{self.kind}" if self.part else self.kind

    def with_profile(self, _profile: "Profile") -> Self:
        """The entry with what its profile says in place of what it does not say itself."""
        return self

    @abstractmethod
    def reachable_within(self) -> int:
        """How old its newest `up` may be, in milliseconds, before the source counts as lost."""

    def fresh_within(self) -> int | None:
        """How old a reading may be, in milliseconds; None if readings come only as things happen."""
        return self.reachable_within()

    def metrics_supplied(self, profile: "Profile") -> set[str]:
        """The metrics that it brings."""
        return {metric for _, metric in self.profile_map.of(profile).named_metrics()}

    def events_supplied(self, profile: "Profile") -> set[str]:
        """The kinds of event that it makes."""
        return set(self.profile_map.of(profile).events())

    @property
    def knows_silence(self) -> bool:
        """It is noticed when nothing comes: it is asked, or must come within a time."""
        return self.fresh_within() is not None

    def check(self, profile: "Profile | None", site: "SiteFile") -> Iterator[Misfit]:
        """What in the entry does not fit the rest of the site. `profile` is None if it is wrong itself."""
        if profile is not None and self.profile_map.of(profile).is_empty:
            yield "kind", f"the profile says nothing about {self.kind}"

    @classmethod
    def check_siblings(cls, entries: Sequence[Self]) -> Iterator[str]:
        """What is wrong with all the sources of this kind of one device together."""
        return iter(())


def _laid_over(own: object, parent: object) -> object:
    if isinstance(own, list) and isinstance(parent, list):
        return [*parent, *own]
    if isinstance(own, dict) and isinstance(parent, dict):
        return {**parent, **own}
    return own
