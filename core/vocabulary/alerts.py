"""The states of an alert, what stands beside them, and what people say of it."""

from typing import Literal

# `clearing`: right again, but not yet for as long as the rule wants (`keep_firing_for`).
AlertState = Literal["pending", "firing", "clearing", "ok"]

# A silence is about an alert that somebody knows of, a maintenance window about a device at work.
WindowKind = Literal["maintenance", "silence"]
Repetition = Literal["", "daily", "weekly"]

# Which alerts elsewhere an alert explains while it fires: that what depends on its device does not
# answer, anything wrong with what depends on its device, or whatever begins in the whole site.
Explains = Literal["nothing", "silence", "dependents", "site"]

# Why a notice is given: `still_wrong` when a window has ended and the alert has not, `update` when what
# is to be done in a power cut has changed.
NoticeKind = Literal["fired", "worse", "still_wrong", "update", "reminder", "escalation", "over"]

FeedbackOpinion = Literal["true", "false", "unknown"]
