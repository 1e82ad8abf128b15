"""What is wrong between a site file's people, rotas and routes: unknown ids, a route to nobody."""

from collections.abc import Iterable, Iterator

from core.schema.channels import Route
from core.schema.site import SiteFile
from core.schema.strict_model import did_you_mean

Mistakes = Iterator[tuple[str, str]]


def check_people(file: SiteFile) -> Mistakes:
    """Each mistake after its place in the file."""
    people = [person.id for person in file.people]
    yield from _check_ids(file)
    for r, rota in enumerate(file.rota):
        for place, name in rota.everyone:
            if name not in people:
                yield f"rota[{r}].{place}", f"unknown person {name!r}{did_you_mean(name, people)}"
    for r, route in enumerate(file.routes):
        for place, text in _check_route(route, file):
            yield f"routes[{r}]{place}", text


def _check_ids(file: SiteFile) -> Mistakes:
    """A name in a route means one person, one rota or one role."""
    places: dict[str, str] = {}
    entries = [(f"people[{p}]", person.id) for p, person in enumerate(file.people)]
    entries += [(f"rota[{r}]", rota.id) for r, rota in enumerate(file.rota)]
    for place, name in entries:
        if name in places:
            yield f"{place}.id", f"{name!r} is also {places[name]}"
        places.setdefault(name, place)
    for p, person in enumerate(file.people):
        if person.role in places:
            yield f"people[{p}].role", f"{person.role!r} is also {places[person.role]}"


def _check_route(route: Route, file: SiteFile) -> Mistakes:
    roles = {person.role for person in file.people} - {""}
    known = {*roles, *(person.id for person in file.people), *(rota.id for rota in file.rota)}
    devices = [device.id for device in file.devices]
    yield from _unknown(".to", route.to, known, "person, rota or role")
    yield from _unknown(".roles", route.roles, roles, "role")
    yield from _unknown(".devices", route.devices or (), devices, "device")
    for e, step in enumerate(route.escalate):
        yield from _unknown(f".escalate[{e}].to", step.to, known, "person, rota or role")
    if not (route.channels or route.to or route.roles):
        yield "", "reaches nobody: write `channels` or `to`"
    if not route.severities:
        yield ".severities", "is empty: no alert goes this way"
    if route.devices == []:
        yield ".devices", "is empty: no alert goes this way"


def _unknown(place: str, names: Iterable[str], known: Iterable[str], what: str) -> Mistakes:
    known = sorted(known)
    for index, name in enumerate(names):
        if name not in known:
            yield f"{place}[{index}]", f"unknown {what} {name!r}{did_you_mean(name, known)}"
