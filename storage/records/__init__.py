"""Alerts and their deliveries (later: work, people) by SQLAlchemy, in SQLite or PostgreSQL."""

from storage.records.database import Records
from storage.records.models import (
    Alert,
    Answer,
    Audit,
    Cursor,
    Delivery,
    Heard,
    Service,
    Transition,
    Verdict,
)

__all__ = [
    "Alert",
    "Answer",
    "Audit",
    "Cursor",
    "Delivery",
    "Heard",
    "Records",
    "Service",
    "Transition",
    "Verdict",
]
