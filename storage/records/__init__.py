"""Alerts and their deliveries (later: work, people) by SQLAlchemy, in SQLite or PostgreSQL."""

from storage.records.database import Records
from storage.records.models import Alert, Cursor, Delivery, Heard, Transition

__all__ = ["Alert", "Cursor", "Delivery", "Heard", "Records", "Transition"]
