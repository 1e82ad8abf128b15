"""Who can be alerted: people, and whose turn it is."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import Field

from core.schema.names import DeviceId
from core.schema.strict_model import Strict
from core.text.languages import Language
from core.time.clock import from_ms
from core.time.covered_hours import WEEKDAYS

_SATURDAY = WEEKDAYS.index("sat")  # the first day of the week where Scanward is at home

PeopleList = Annotated[list[DeviceId], Field(min_length=1)]


class Person(Strict):
    """Somebody who is alerted by channels of their own."""

    id: DeviceId
    name: str
    role: str = ""
    language: Language | None = None  # None: the site's
    channels: Annotated[list[str], Field(min_length=1)]
    # Messages in an hour; what exceeds it waits for a digest, unless it is critical.
    per_hour: Annotated[int, Field(ge=1)] = 10


class Rota(Strict):
    """Whose turn it is: week by week, beginning Saturday; `days` says who replaces them on a weekday."""

    id: DeviceId
    start: date  # in the week of the first of `people`
    people: PeopleList
    days: dict[Literal["sat", "sun", "mon", "tue", "wed", "thu", "fri"], PeopleList] = {}

    def person_at(self, at: int, zone: ZoneInfo) -> str:
        """Whose turn it is at that moment (UTC ms). Before `start` the turns go on backwards."""
        day = from_ms(at, zone).date()
        week = (_saturday(day) - _saturday(self.start)).days // 7
        names = self.days_by_name.get(WEEKDAYS[day.weekday()], self.people)
        return names[week % len(names)]

    @property
    def days_by_name(self) -> Mapping[str, list[str]]:
        """`days`, to be asked with any weekday."""
        return {str(day): names for day, names in self.days.items()}

    @property
    def everyone(self) -> Iterator[tuple[str, str]]:
        """The place in the file and the id of each person it names."""
        for index, name in enumerate(self.people):
            yield f"people[{index}]", name
        for day, names in self.days.items():
            for index, name in enumerate(names):
                yield f"days.{day}[{index}]", name


def people_of(
    names: Sequence[str], people: Sequence[Person], rotas: Sequence[Rota], at: int, zone: ZoneInfo
) -> list[Person]:
    """Whom ids of people, rotas and roles mean at that moment, each once, in the order of `names`."""
    turns = {rota.id: rota for rota in rotas}
    chosen: dict[str, Person] = {}
    for name in names:
        meant = turns[name].person_at(at, zone) if name in turns else name
        for person in people:
            if person.id == meant or (person.role and person.role == name):
                chosen.setdefault(person.id, person)
    return list(chosen.values())


def _saturday(day: date) -> date:
    """The Saturday with which the day's week began."""
    return day - timedelta(days=(day.weekday() - _SATURDAY) % 7)
