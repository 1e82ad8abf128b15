"""Cases with a vendor: states, the direction of a message, and what is done by a link."""

from typing import Literal

TicketState = Literal[
    "draft",
    "to_send",  # written, and a person sends it: no mail of Scanward's takes it
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


# By a supplier's link.
VisitKind = Literal["opened", "downloaded", "replied", "uploaded", "asked", "watched"]


# Why live values are not seen by a link any more.
LiveEnd = Literal["time", "hand", "link", "ticket", "restart", "clock"]
