"""The words for what the records name by a code."""

from storage.records.stock import MoveKind
from storage.records.tickets import ClinicalState, Direction, TicketState
from storage.records.work import Cause, DueBy, Extent, OpenedBy, OrderKind, OrderState, SkipKind

ORDER_STATES: dict[OrderState, str] = {
    "open": "order_state.open",
    "assigned": "order_state.assigned",
    "working": "order_state.working",
    "waiting_part": "order_state.waiting_part",
    "waiting_vendor": "order_state.waiting_vendor",
    "done": "order_state.done",
    "signed_off": "order_state.signed_off",
    "cancelled": "order_state.cancelled",
}
ORDER_KINDS: dict[OrderKind, str] = {
    "preventive": "order_kind.preventive",
    "corrective": "order_kind.corrective",
}
OPENED_BY: dict[OpenedBy, str] = {
    "plan": "opened_by.plan",
    "alert": "opened_by.alert",
    "fault": "opened_by.fault",
    "hand": "opened_by.hand",
}
CAUSES: dict[Cause, str] = {
    "machine": "cause.machine",
    "mains": "cause.mains",
    "cooling": "cause.cooling",
    "network": "cause.network",
    "pacs": "cause.pacs",
    "operator": "cause.operator",
    "waiting_part": "cause.waiting_part",
    "waiting_vendor": "cause.waiting_vendor",
    "planned": "cause.planned",
}
EXTENTS: dict[Extent, str] = {"hard": "extent.hard", "partial": "extent.partial"}
DUE_BY: dict[DueBy, str] = {
    "calendar": "due_by.calendar",
    "use": "due_by.use",
    "condition": "due_by.condition",
    "hand": "due_by.hand",
}
SKIPS: dict[SkipKind, str] = {
    "in_use": "skip.in_use",
    "not_located": "skip.not_located",
    "other": "skip.other",
    "missed": "skip.missed",
}
TICKET_STATES: dict[TicketState, str] = {
    "draft": "ticket_state.draft",
    "sent": "ticket_state.sent",
    "acknowledged": "ticket_state.acknowledged",
    "waiting_us": "ticket_state.waiting_us",
    "remote_session": "ticket_state.remote_session",
    "waiting_part": "ticket_state.waiting_part",
    "solved": "ticket_state.solved",
    "closed": "ticket_state.closed",
}
CLINICAL: dict[ClinicalState, str] = {
    "down": "clinical.down",
    "limited": "clinical.limited",
    "intermittent": "clinical.intermittent",
    "working": "clinical.working",
}
DIRECTIONS: dict[Direction, str] = {
    "out": "direction.out",
    "in": "direction.in",
    "note": "direction.note",
}
MOVES: dict[MoveKind, str] = {
    "received": "move.received",
    "used": "move.used",
    "returned": "move.returned",
    "counted": "move.counted",
    "scrapped": "move.scrapped",
}
ROLES = {
    "technician": "role.technician",
    "engineer": "role.engineer",
    "physicist": "role.physicist",
    "it": "role.it",
    "vendor": "role.vendor",
}
