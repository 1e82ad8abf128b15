"""Who may do what: the one table. docs/roles.md is made from it; service functions are bound to it by `needs`.

To look is open to everyone who is signed in, unless it stands here. A supplier comes by a link to one
ticket, so there is nothing here that the role `vendor` may do by itself.
"""

from collections.abc import Iterable, Mapping
from typing import Literal

Role = Literal["engineer", "physicist", "technician", "manager", "IT", "viewer", "vendor"]

Right = Literal[
    "report a fault",
    "acknowledge an alert",
    "close an alert",
    "judge an alert",
    "silence an alert",
    "work on a device",
    "plan maintenance windows",
    "note a service",
    "open a work order",
    "assign a work order",
    "work on an order",
    "cancel a work order",
    "return a device to service",
    "sign off a work order",
    "note costs",
    "add a file",
    "note downtime",
    "correct downtime",
    "do planned work",
    "skip planned work",
    "snooze work",
    "enter readings",
    "correct a reading",
    "take parts",
    "keep the list of parts",
    "change asset sheets",
    "add a supplier",
    "work on a ticket",
    "let a supplier in",
    "keep a word for a supplier",
    "answer a supplier's question",
    "see the audit",
    "see the system",
    "check the system",
    "change the site file",
    "manage people",
    "make a token",
]

_HANDS: tuple[Role, ...] = ("engineer", "physicist", "technician", "IT")  # who work on devices

RIGHTS: Mapping[Right, tuple[Role, ...]] = {
    # Alerts
    "report a fault": ("engineer", "physicist", "technician", "manager", "IT", "viewer"),
    "acknowledge an alert": _HANDS,
    "close an alert": ("engineer",),
    "judge an alert": ("engineer", "physicist", "technician"),
    "silence an alert": ("engineer", "physicist"),
    "work on a device": _HANDS,
    "plan maintenance windows": ("engineer", "physicist", "IT"),
    "note a service": ("engineer", "physicist"),
    # Work
    "open a work order": _HANDS,
    "assign a work order": ("engineer", "manager"),
    "work on an order": _HANDS,
    "cancel a work order": ("engineer", "manager"),
    "return a device to service": ("engineer", "physicist"),
    "sign off a work order": ("engineer", "physicist", "manager"),
    "note costs": ("engineer", "manager"),
    "add a file": _HANDS,
    "note downtime": _HANDS,
    "correct downtime": ("engineer", "manager"),
    "do planned work": _HANDS,
    "skip planned work": ("engineer", "physicist"),
    "snooze work": ("engineer", "physicist"),
    # Values, parts, assets
    "enter readings": _HANDS,
    "correct a reading": ("engineer", "physicist", "technician"),
    "take parts": _HANDS,
    "keep the list of parts": ("engineer", "manager", "IT"),
    "change asset sheets": ("engineer", "manager", "IT"),
    # Suppliers
    "add a supplier": ("engineer", "manager", "IT"),
    "work on a ticket": ("engineer", "physicist", "IT"),
    "let a supplier in": ("engineer", "IT"),
    "keep a word for a supplier": ("engineer", "physicist"),
    "answer a supplier's question": _HANDS,
    # Scanward itself
    "see the audit": ("manager", "IT"),
    "see the system": ("engineer", "IT"),
    "check the system": ("engineer", "IT"),
    "change the site file": ("engineer", "IT"),
    "manage people": ("IT",),
    "make a token": ("engineer", "IT"),
}

EVERY_RIGHT: frozenset[Right] = frozenset(RIGHTS)


def rights_of(roles: Iterable[str]) -> frozenset[Right]:
    """What a person with these roles may do."""
    own = frozenset(roles)
    return frozenset(right for right, allowed in RIGHTS.items() if own.intersection(allowed))
