"""What to do in a power cut: minutes left, who stops by when, who starts again in which order.

`make_plan(read_situation(site, series, now))`, then `power_lines` for people. An incident keeps the
`fingerprint` of what it has told, and tells again when `changed`.
"""

from alerts.power.changes import changed, fingerprint, has_turned
from alerts.power.plan import PowerPlan, make_plan
from alerts.power.reading import may_be_cut, read_situation
from alerts.power.words import power_lines, power_phrases

__all__ = [
    "PowerPlan", "changed", "fingerprint", "has_turned", "make_plan", "may_be_cut", "power_lines",
    "power_phrases", "read_situation",
]  # fmt: skip
