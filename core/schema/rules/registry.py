"""The kinds of rule, a line each. All else that is known of a kind lies in the two places it names."""

from typing import Annotated, NamedTuple

from pydantic import BeforeValidator, ValidationInfo

from core.schema.kinds import class_named, read_by_kind
from core.schema.rules.base import Rule


class RuleKind(NamedTuple):
    """Where a kind of rule lives, as `module:class`; each is imported only where it is used."""

    model: str  # its Rule, which a profile is read into
    judge: str  # its Judge: see alerts/evaluation/judge.py


KINDS: dict[str, RuleKind] = {
    "limit": RuleKind("core.schema.rules.limit:LimitRule", "alerts.evaluation.limit:LimitJudge"),
    "tolerance": RuleKind(
        "core.schema.rules.tolerance:ToleranceRule", "alerts.evaluation.tolerance:ToleranceJudge"
    ),
    "absence": RuleKind(
        "core.schema.rules.absence:AbsenceRule", "alerts.evaluation.absence:AbsenceJudge"
    ),
    "anomaly": RuleKind(
        "core.schema.rules.anomaly:AnomalyRule", "alerts.evaluation.anomaly:AnomalyJudge"
    ),
    "forecast": RuleKind(
        "core.schema.rules.forecast:ForecastRule", "alerts.evaluation.forecast:ForecastJudge"
    ),
    "any_of": RuleKind("core.schema.rules.any_of:AnyOfRule", "alerts.evaluation.any_of:AnyOfJudge"),
    "rate": RuleKind("core.schema.rules.rate:RateRule", "alerts.evaluation.rate:RateJudge"),
    "events": RuleKind(
        "core.schema.rules.events:EventsRule", "alerts.evaluation.events:EventsJudge"
    ),
    "state": RuleKind("core.schema.rules.state:StateRule", "alerts.evaluation.state:StateJudge"),
    "shewhart": RuleKind(
        "core.schema.rules.shewhart:ShewhartRule", "alerts.evaluation.shewhart:ShewhartJudge"
    ),
    "cusum": RuleKind("core.schema.rules.cusum:CusumRule", "alerts.evaluation.cusum:CusumJudge"),
}
DEFAULT_KIND = "limit"  # of a rule that names none


def rule_model(kind: str) -> type[Rule]:
    """The model of a registered kind."""
    model = class_named(KINDS[kind].model)
    assert issubclass(model, Rule)
    return model


def _by_its_kind(raw: object, info: ValidationInfo) -> Rule:
    if isinstance(raw, Rule):
        return raw
    return read_by_kind(raw, info, rule_model, KINDS, DEFAULT_KIND)


AnyRule = Annotated[Rule, BeforeValidator(_by_its_kind)]
