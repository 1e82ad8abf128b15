"""Work orders: kinds, states, and the answers of a checklist."""

from typing import Literal

OrderKind = Literal["preventive", "corrective"]


OpenedBy = Literal["plan", "alert", "fault", "hand"]


OrderState = Literal[
    "open",
    "assigned",
    "working",
    "waiting_part",
    "waiting_vendor",
    "done",
    "signed_off",
    "cancelled",
]


ItemAnswer = Literal["open", "ok", "not_ok", "not_applicable", "measured"]


ENDED_ORDERS: tuple[OrderState, ...] = ("done", "signed_off", "cancelled")
