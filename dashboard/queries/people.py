"""Who may be given work."""

from core.vocabulary.rights import rights_of
from dashboard.queries import stores
from storage.records import accounts


def workers() -> list[str]:
    """The full names of those who may work on an order, by name."""
    with stores.records().reading() as db:
        return sorted(
            user.full_name
            for user in accounts.users(db)
            if user.disabled_at is None and "work on an order" in rights_of(user.roles)
        )
