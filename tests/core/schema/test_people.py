"""People, rotas and routes: what is wrong is named with its place, and whose turn it is."""

from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from core.errors import ConfigError
from core.schema.load import load_site
from core.schema.people import Person, Rota, people_of
from core.time.clock import to_ms
from tests.config.shelf import write

KABUL = ZoneInfo("Asia/Kabul")
SITE = """\
id: test
name: Test
zone: Asia/Kabul
channels: [{kind: log, id: log}, {kind: log, id: phone}]
people:
  - {id: sara, name: Sara, role: engineer, language: fa, channels: [phone], per_hour: 5}
  - {id: omar, name: Omar, channels: [log]}
rota: [{id: on-call, start: 2026-11-28, people: [sara, omar], days: {fri: [omar]}}]
routes:
  - {severities: [info], channels: [log]}
  - severities: [critical]
    to: [on-call]
    devices: [ups-1]
    hours: {days: [sat], start: "08:00", end: "16:00"}
    escalate: [{after: 30m, to: [engineer]}]
devices: [{id: ups-1, name: UPS, profile: ups-rfc1628}]
"""


def test_people_rotas_and_routes_load(tmp_path: Path) -> None:
    file = load_site(write(tmp_path, "site.yaml", SITE)).file
    assert [person.id for person in file.people] == ["sara", "omar"]
    assert file.routes[0].channels == ["log"], "the old form"
    assert file.notices.group_wait == 30_000


@pytest.mark.parametrize(
    ("right", "wrong", "mistake"),
    [
        ("to: [on-call]", "to: [oncall]",
         "routes[1].to[0]: unknown person, rota or role 'oncall' (did you mean 'on-call'?)"),
        ("to: [engineer]", "to: [enginer]",
         "routes[1].escalate[0].to[0]: unknown person, rota or role 'enginer' (did you mean 'engineer'?)"),
        ("to: [on-call]", "roles: [engineers]",
         "routes[1].roles[0]: unknown role 'engineers' (did you mean 'engineer'?)"),
        ("devices: [ups-1]", "devices: [ups-2]",
         "routes[1].devices[0]: unknown device 'ups-2' (did you mean 'ups-1'?)"),
        ("people: [sara, omar]", "people: [sarah, omar]",
         "rota[0].people[0]: unknown person 'sarah' (did you mean 'sara'?)"),
        ("fri: [omar]", "fri: [omer]",
         "rota[0].days.fri[0]: unknown person 'omer' (did you mean 'omar'?)"),
        ("channels: [phone], per", "channels: [fone], per",
         "people[0].channels[0]: unknown channel 'fone' (did you mean 'phone'?)"),
        ("id: omar, name", "id: sara, name", "people[1].id: 'sara' is also people[0]"),
        ("id: on-call", "id: sara", "rota[0].id: 'sara' is also people[0]"),
        ("role: engineer", "role: omar", "people[0].role: 'omar' is also people[1]"),
        ("[info], channels: [log]", "[info], channels: []",
         "routes[0]: reaches nobody: write `channels` or `to`"),
        ("[info], channels: [log]", "[info]", "routes[0]: reaches nobody: write `channels` or `to`"),
        ("channels: [log]}\nrota", "channels: []}\nrota", "people[1].channels"),
        ("people: [sara, omar]", "people: []", "rota[0].people"),
        ("per_hour: 5", "per_hour: 0", "people[0].per_hour"),
        ("fri: [omar]", "friday: [omar]", "rota[0].days.friday"),
        ("severities: [critical]", "severities: []", "routes[1].severities: is empty"),
        ("after: 30m", "after: soon", "routes[1].escalate[0].after"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_place(
    right: str, wrong: str, mistake: str, tmp_path: Path
) -> None:
    assert right in SITE
    with pytest.raises(ConfigError) as caught:
        load_site(write(tmp_path, "site.yaml", SITE.replace(right, wrong)))
    lines = [str(line) for line in caught.value.mistakes]
    assert any(mistake in line for line in lines), lines


def moment(day: date, hour: int = 12) -> int:
    return to_ms(datetime(day.year, day.month, day.day, hour, tzinfo=KABUL))


@pytest.mark.parametrize(
    ("day", "person"),
    [
        (date(2026, 11, 28), "a"),  # a Saturday
        (date(2026, 12, 3), "a"),  # Thursday
        (date(2026, 12, 4), "x"),  # Friday
        (date(2026, 12, 5), "b"),
        (date(2026, 12, 11), "y"),
        (date(2026, 12, 12), "c"),
        (date(2026, 12, 19), "a"),
        (date(2026, 11, 27), "y"),  # before it began it goes on backwards
        (date(2026, 11, 26), "c"),
        (date(2036, 11, 29), "a"),
    ],
)
def test_the_turn_changes_on_saturday(day: date, person: str) -> None:
    for start in (date(2026, 11, 28), date(2026, 12, 2)):
        rota = Rota(id="r", start=start, people=["a", "b", "c"], days={"fri": ["x", "y"]})
        assert rota.person_at(moment(day), KABUL) == person


def test_the_day_changes_at_midnight_of_the_site() -> None:
    rota = Rota(id="r", start=date(2026, 11, 28), people=["a", "b"])
    midnight = moment(date(2026, 12, 5), 0)
    assert [rota.person_at(at, KABUL) for at in (midnight - 1, midnight)] == ["a", "b"]


def test_a_person_who_is_meant_twice_is_one() -> None:
    people = [
        Person(id="sara", name="Sara", role="engineer", channels=["phone"]),
        Person(id="omar", name="Omar", role="engineer", channels=["mail"]),
    ]
    rota = Rota(id="on-call", start=date(2026, 11, 28), people=["omar"])
    chosen = people_of(["on-call", "engineer", "sara"], people, [rota], moment(rota.start), KABUL)
    assert [person.id for person in chosen] == ["omar", "sara"]
