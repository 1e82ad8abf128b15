"""Alerts and their deliveries (later: work, people) by SQLAlchemy, in SQLite or PostgreSQL."""

from storage.records.database import Records
from storage.records.models import Alert, Audit, Cursor, Delivery, Heard, Transition

__all__ = ["Alert", "Audit", "Cursor", "Delivery", "Heard", "Records", "Transition"]
