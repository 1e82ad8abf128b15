"""What is older than the site's rule is taken out of the audit, and a row says so."""

from core.schema.site import Site
from core.time.clock import iso
from storage.records import Records
from storage.records import audit as audit_rows
from storage.records.base import Value

WHO = "maintenance"  # in the audit


def prune_audit(records: Records, site: Site, now: int) -> int:
    """How many rows went; none unless the site file says `retention: {audit: ...}`."""
    if site.file.retention.audit is None:
        return 0
    before = now - site.file.retention.audit
    with records.reading() as db:
        if not audit_rows.has_changes_before(db, before):
            return 0
    with records.writing(WHO, now) as db:
        count = audit_rows.delete_changes_before(db, before)
        row: dict[str, Value] = {"rows": count, "before": iso(before)}
        db.add(audit_rows.Audit(now, WHO, "audit", "", "delete", row, None))
        return count
