"""What was changed: by whom, when, from where."""

from collections.abc import Sequence

from dashboard.queries import identity, stores
from storage.records import Audit
from storage.records import audit as audit_rows
from storage.records.audit import AuditFilter
from storage.records.transaction import refusal

MOST_SHOWN, MOST_EXPORTED = 200, 100_000


def chosen(who: str, what: str, row: str, since: int) -> AuditFilter:
    """Which changes are looked for; what is empty is not asked. `since` in UTC ms."""
    return AuditFilter(who, what, row, since)


def changes(chosen: AuditFilter) -> Sequence[Audit]:
    """The newest first. RefusedError for who may not see them."""
    if not identity.may("see the audit"):
        raise refusal("see the audit")
    with stores.records().reading() as db:
        return audit_rows.filtered_changes(db, chosen, MOST_SHOWN)


def exported_changes(chosen: AuditFilter) -> Sequence[Audit]:
    """Many more of them, for a page that has looked who asks.

    Streamlit makes a download when it is clicked, in a request that knows no person any more.
    """
    with stores.records().reading() as db:
        return audit_rows.filtered_changes(db, chosen, MOST_EXPORTED)


def names() -> tuple[list[str], list[str]]:
    """Everybody who changed anything, and every table that was changed."""
    with stores.records().reading() as db:
        return audit_rows.authors(db), audit_rows.changed_tables(db)
