"""The words for what the records name by a code."""

from core.vocabulary.alerts import Repetition
from core.vocabulary.assets import AssetCondition
from core.vocabulary.downtime import DowntimeCause, DowntimeExtent
from core.vocabulary.knowledge import Outcome
from core.vocabulary.parts import StockMoveKind
from core.vocabulary.planning import DueBy, SkipKind
from core.vocabulary.search import SearchKind
from core.vocabulary.tickets import ClinicalState, MessageDirection, TicketState
from core.vocabulary.work_orders import OpenedBy, OrderKind, OrderState
from maintenance.assets.expiry import ExpiryKind

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
SEARCH_KINDS: dict[SearchKind, str] = {"order": "search.order", "ticket": "search.ticket"}
OUTCOMES: dict[Outcome, str] = {
    "held": "seen.held",
    "came_back": "seen.came_back",
    "remained": "seen.remained",
    "not_known": "seen.not_known",
}
CAUSES: dict[DowntimeCause, str] = {
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
EXTENTS: dict[DowntimeExtent, str] = {"hard": "extent.hard", "partial": "extent.partial"}
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
REPETITIONS: dict[Repetition, str] = {
    "": "window.once",
    "daily": "window.daily",
    "weekly": "window.weekly",
}
TICKET_STATES: dict[TicketState, str] = {
    "draft": "ticket_state.draft",
    "to_send": "ticket_state.to_send",
    "sent": "ticket_state.sent",
    "acknowledged": "ticket_state.acknowledged",
    "waiting_us": "ticket_state.waiting_us",
    "remote_session": "ticket_state.remote_session",
    "waiting_part": "ticket_state.waiting_part",
    "solved": "ticket_state.solved",
    "closed": "ticket_state.closed",
}
# What a message to a vendor has not become; `sent` needs no word.
DELIVERIES: dict[str, str] = {
    "waiting": "delivery.waiting",
    "no_mail": "delivery.no_mail",
    "failed": "delivery.failed",
}
CLINICAL: dict[ClinicalState, str] = {
    "down": "clinical.down",
    "limited": "clinical.limited",
    "intermittent": "clinical.intermittent",
    "working": "clinical.working",
}
DIRECTIONS: dict[MessageDirection, str] = {
    "out": "direction.out",
    "in": "direction.in",
    "note": "direction.note",
}
MOVES: dict[StockMoveKind, str] = {
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
CONDITIONS: dict[AssetCondition, str] = {
    "working": "condition.working",
    "limited": "condition.limited",
    "down": "condition.down",
    "not_in_use": "condition.not_in_use",
    "retired": "condition.retired",
}
ENDED: dict[ExpiryKind, str] = {"warranty": "ends.warranty_over", "contract": "ends.contract_over"}
ENDING: dict[ExpiryKind, str] = {"warranty": "ends.warranty", "contract": "ends.contract"}
# A profile may name a kind that is not here; it is shown as it is.
DEVICE_KINDS = {
    "ct": "device_kind.ct",
    "mri": "device_kind.mri",
    "rf": "device_kind.rf",
    "mammo": "device_kind.mammo",
    "cbct": "device_kind.cbct",
    "dxa": "device_kind.dxa",
    "us": "device_kind.us",
    "ups": "device_kind.ups",
    "chiller": "device_kind.chiller",
    "room": "device_kind.room",
    "outdoor": "device_kind.outdoor",
    "server": "device_kind.server",
    "pacs": "device_kind.pacs",
    "switch": "device_kind.switch",
    "generator": "device_kind.generator",
    "transfer": "device_kind.transfer",
    "": "device_kind.other",
}
SHEET_NAMES = {
    "vendors": "sheet.vendors",
    "contracts": "sheet.contracts",
    "assets": "sheet.assets",
    "components": "sheet.components",
    "parts": "sheet.parts",
}
# The columns of the asset workbook, as a form or a list calls them.
COLUMNS = {
    "id": "column.id",
    "name": "column.name",
    "contact": "column.contact",
    "email": "column.email",
    "phone": "column.phone",
    "note": "column.note",
    "number": "column.number",
    "vendor": "column.vendor",
    "starts": "column.starts",
    "ends": "column.ends",
    "days": "column.days",
    "opens": "column.opens",
    "closes": "column.closes",
    "zone": "column.zone",
    "response_h": "column.response_h",
    "resolution_h": "column.resolution_h",
    "cost_a_year": "column.cost_a_year",
    "nomenclature": "column.nomenclature",
    "code": "column.code",
    "manufacturer": "column.manufacturer",
    "manufacturer_contact": "column.manufacturer_contact",
    "model": "column.model",
    "serial": "column.serial",
    "location": "column.location",
    "condition": "column.condition",
    "power_needs": "column.power_needs",
    "environment_needs": "column.environment_needs",
    "software": "column.software",
    "supplier": "column.supplier",
    "contract": "column.contract",
    "purchased": "column.purchased",
    "in_service": "column.in_service",
    "warranty_until": "column.warranty_until",
    "price": "column.price",
    "income_a_scan": "column.income_a_scan",
    "criticality": "column.criticality",
    "asset": "column.asset",
    "installed": "column.installed",
    "removed": "column.removed",
    "counter": "column.counter",
    "counter_at_install": "column.counter_at_install",
    "life_count": "column.life_count",
    "life_days": "column.life_days",
    "minimum": "column.minimum",
    "lead_days": "column.lead_days",
    "cost": "column.cost",
    "shelf": "column.shelf",
    "component": "column.component",
    "detector": "column.detector",
    "devices": "column.devices",
    "profiles": "column.profiles",
}
