"""What to do in a power cut: minutes left, who stops by when, who starts again in which order."""

from alerts.power.plan import Plan, make_plan
from alerts.power.reading import read_situation

__all__ = ["Plan", "make_plan", "read_situation"]
