"""Which pages stand in the menu of which role. The others of the house are reached by links; to look is open to everyone."""

from collections.abc import Iterable
from typing import NamedTuple

from core.vocabulary.rights import Role

FIRST = "fleet"  # at `/`
ONLY_OF_WHOLE_PAST = ("management", "reports", "assets", "asset")  # they count what was


class MenuPage(NamedTuple):
    """A page, the key of its title, and in whose menu it stands."""

    name: str
    title: str
    roles: tuple[Role, ...]


_ALL: tuple[Role, ...] = ("engineer", "physicist", "technician", "manager", "IT", "viewer")
PAGES = (
    MenuPage("fleet", "fleet.title", _ALL),
    MenuPage("management", "management.title", ("manager", "engineer")),
    MenuPage("today", "today.title", ("engineer", "physicist", "technician", "manager", "IT")),
    MenuPage("orders", "orders.title", ("engineer", "physicist", "technician", "manager", "IT")),
    MenuPage("tickets", "tickets.title", ("engineer", "physicist", "manager", "IT")),
    MenuPage("search", "search.title", ("engineer", "physicist", "technician", "manager", "IT")),
    MenuPage("parts", "parts.title", ("engineer", "technician", "manager", "IT")),
    MenuPage("assets", "assets.title", ("engineer", "physicist", "manager", "IT", "viewer")),
    MenuPage("rounds", "rounds.title", ("engineer", "physicist", "technician", "IT")),
    MenuPage("reports", "reports.title", ("engineer", "physicist", "manager", "IT", "viewer")),
    MenuPage("audit", "audit.title", ("manager", "IT")),
    MenuPage("settings", "settings.title", ("engineer", "IT")),
    MenuPage("system", "system.title", ("engineer", "IT")),
    MenuPage("add_device", "add_device.title", ("engineer", "IT")),
    # Of one thing: from the lists.
    MenuPage("device", "device.title", ()),
    MenuPage("limit", "limit_page.title", ()),
    MenuPage("asset", "asset.title", ()),
    MenuPage("order", "order.title", ()),
    MenuPage("ticket", "ticket.title", ()),
)


def menu_of(roles: Iterable[str]) -> list[str]:
    """The pages in the menu of who has these roles."""
    own = set(roles)
    return [page.name for page in PAGES if own.intersection(page.roles)]


def landing_of(roles: Iterable[str]) -> str:
    """Where `/` leads first: to the fleet, but a manager who does not work on devices to their own page."""
    own = set(roles)
    at_devices = own.intersection(("engineer", "physicist", "technician", "IT"))
    return "management" if "manager" in own and not at_devices else FIRST
