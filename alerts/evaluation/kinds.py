"""Finds the judge of a rule by its kind: the only place here that looks at it."""

from typing import Any

from alerts.evaluation.judge import Judge
from core.schema.kinds import class_named
from core.schema.rules.base import Rule
from core.schema.rules.registry import KINDS


def judge_for(device: str, rule: Rule) -> Judge[Any]:
    """The judge of one rule of one device."""
    judge = class_named(KINDS[rule.kind].judge)
    assert issubclass(judge, Judge)
    return judge(device, rule)
