"""Alerts, work, tickets and the rest that people and the engine write, by SQLAlchemy, in SQLite or PostgreSQL.

One file a subject: its tables on top, their queries below.
"""

from storage.records.accounts import ApiToken, ExternalLogin, SetupLink, User
from storage.records.alerts import Alert, Transition
from storage.records.allowed_words import AllowedWord
from storage.records.assets import Asset, Component, Contract, Vendor
from storage.records.audit import Audit
from storage.records.cursors import Cursor, LastReading
from storage.records.database import Records
from storage.records.deliveries import Delivery
from storage.records.downtime import Downtime
from storage.records.fault_reports import FaultReport
from storage.records.feedback import AlertFeedback, ServiceEvent
from storage.records.files import File
from storage.records.idempotency import IdempotentAnswer
from storage.records.incidents import Incident, Notice
from storage.records.live_windows import LiveWindow
from storage.records.logins import LoginFailures, LoginSession
from storage.records.mail import Mailbox
from storage.records.manual_readings import ManualReading
from storage.records.parts import Part, StockMove
from storage.records.passkeys import Passkey, UsedChallenge
from storage.records.planning import ScheduledTask
from storage.records.proofs import ItemProof
from storage.records.reports import MadeReport
from storage.records.round_entries import RoundEntry
from storage.records.search import SearchText
from storage.records.search_index import rebuild_search
from storage.records.site_changes import SiteChange
from storage.records.snoozes import Snooze
from storage.records.supplier_questions import SupplierAnswer, SupplierQuestion
from storage.records.tickets import RemoteSession, Ticket, TicketMessage, TicketStep
from storage.records.vendor_links import VendorLink, VendorVisit
from storage.records.verdicts import Verdict
from storage.records.windows import Window
from storage.records.work_orders import Labour, OrderCost, OrderItem, OrderStep, WorkOrder

__all__ = [
    "Alert",
    "AlertFeedback",
    "AllowedWord",
    "ApiToken",
    "Asset",
    "Audit",
    "Component",
    "Contract",
    "Cursor",
    "Delivery",
    "Downtime",
    "ExternalLogin",
    "FaultReport",
    "File",
    "IdempotentAnswer",
    "Incident",
    "ItemProof",
    "Labour",
    "LastReading",
    "LiveWindow",
    "LoginFailures",
    "LoginSession",
    "MadeReport",
    "Mailbox",
    "ManualReading",
    "Notice",
    "OrderCost",
    "OrderItem",
    "OrderStep",
    "Part",
    "Passkey",
    "Records",
    "RemoteSession",
    "RoundEntry",
    "ScheduledTask",
    "SearchText",
    "ServiceEvent",
    "SetupLink",
    "SiteChange",
    "Snooze",
    "StockMove",
    "SupplierAnswer",
    "SupplierQuestion",
    "Ticket",
    "TicketMessage",
    "TicketStep",
    "Transition",
    "UsedChallenge",
    "User",
    "Vendor",
    "VendorLink",
    "VendorVisit",
    "Verdict",
    "Window",
    "WorkOrder",
    "rebuild_search",
]
