"""Cases with a vendor: states, and the direction of a message."""

from typing import Literal

TicketState = Literal[
    "draft",
    "sent",
    "acknowledged",
    "waiting_us",
    "remote_session",
    "waiting_part",
    "solved",
    "closed",
]


ClinicalState = Literal["down", "limited", "intermittent", "working"]


MessageDirection = Literal["out", "in", "note"]  # a note stays in the house


VisitKind = Literal["opened", "downloaded", "replied", "uploaded"]  # by a supplier's link
