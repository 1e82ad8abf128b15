"""Who works at the demo's centre. Nobody has a password: at its door one chooses who to be."""

from typing import NamedTuple

from access.users import new_user
from core.vocabulary.rights import EVERY_RIGHT, Right, Role, rights_of
from storage.records import accounts
from storage.records.transaction import Transaction


class Colleague(NamedTuple):
    """In whose name something is done, and what they may do."""

    full_name: str
    rights: frozenset[Right]


def _of_role(full_name: str, role: Role) -> Colleague:
    return Colleague(full_name, rights_of([role]))


ENGINEER = _of_role("Sara Rahimi", "engineer")
PHYSICIST = _of_role("Laila Karimi", "physicist")
TECHNICIAN = _of_role("Farid Noori", "technician")
MANAGER = _of_role("Nasrin Amini", "manager")
IT = _of_role("Omid Haidari", "IT")
RECEPTION = _of_role("Maryam Azizi", "viewer")
SUPPLIER = _of_role("Zahra Latifi", "vendor")

# By the name that `access.users.new_demo_user` looks for: who chooses a role is one of them.
PEOPLE: dict[Role, Colleague] = {
    "engineer": ENGINEER,
    "physicist": PHYSICIST,
    "technician": TECHNICIAN,
    "manager": MANAGER,
    "IT": IT,
    "viewer": RECEPTION,
    "vendor": SUPPLIER,
}

PLANNER = Colleague("maintenance", EVERY_RIGHT)  # Scanward's own loop


def supplier(name: str) -> Colleague:
    """Who writes on the page of a supplier's link."""
    return Colleague(f"link: {name}", frozenset({"work on a ticket"}))


def add_people(tx: Transaction) -> None:
    """Everybody with their role, who is not there yet."""
    for role, person in PEOPLE.items():
        name = f"demo-{role.lower()}"
        if accounts.user_named(tx.db, name) is None:
            new_user(tx, name, person.full_name, [role])
