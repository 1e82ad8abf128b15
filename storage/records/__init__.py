"""Alerts, their deliveries, and the work of the house, by SQLAlchemy, in SQLite or PostgreSQL."""

from storage.records.assets import Asset, Component, Contract, File, Vendor
from storage.records.base import (
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
from storage.records.database import Records
from storage.records.mail import Mailbox
from storage.records.reports import MadeReport
from storage.records.stock import Part, StockMove
from storage.records.tickets import RemoteSession, Ticket, TicketMessage, TicketStep
from storage.records.work import (
    Downtime,
    Labour,
    ManualReading,
    Occurrence,
    OrderCost,
    OrderItem,
    OrderStep,
    WorkOrder,
)

__all__ = [
    "Alert",
    "Answer",
    "Asset",
    "Audit",
    "Component",
    "Contract",
    "Cursor",
    "Delivery",
    "Downtime",
    "File",
    "Heard",
    "Labour",
    "MadeReport",
    "Mailbox",
    "ManualReading",
    "Occurrence",
    "OrderCost",
    "OrderItem",
    "OrderStep",
    "Part",
    "Records",
    "RemoteSession",
    "Service",
    "StockMove",
    "Ticket",
    "TicketMessage",
    "TicketStep",
    "Transition",
    "Vendor",
    "Verdict",
    "WorkOrder",
]
