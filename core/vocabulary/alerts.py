"""The states of an alert, and what people say of it."""

from typing import Literal

AlertState = Literal["pending", "firing", "ok"]


FeedbackOpinion = Literal["true", "false", "unknown"]
