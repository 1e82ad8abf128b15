"""A profile says what a kind of device has: metrics, how each source yields them, and rules.

Profiles are data (config/profiles/*.yaml). They may extend one another and never compute.
"""

from typing import Annotated, Any, Literal, NamedTuple

from pydantic import BeforeValidator, ConfigDict, Field, ValidationInfo
from pydantic_core import PydanticKnownError

from core.schema.detector import Detector
from core.schema.metric import Metric
from core.schema.names import Name
from core.schema.power import Power
from core.schema.rules.limit import LimitRule
from core.schema.rules.registry import AnyRule
from core.schema.rules.tolerance import ToleranceRule
from core.schema.sources.base import SourceMap
from core.schema.sources.registry import entry_model, named_kinds
from core.schema.strict_model import Strict
from core.schema.usual_faults import MOST_USUAL_FAULTS, UsualFault
from core.schema.vendor_question import VendorQuestions


class _ExtraKey(NamedTuple):
    """A key that is no field of a profile, with what stands there: a validator is not given the key."""

    key: str
    raw: object


def _map_of_a_kind(extra: _ExtraKey, info: ValidationInfo) -> SourceMap:
    if extra.key not in named_kinds():
        raise PydanticKnownError("extra_forbidden")
    return entry_model(extra.key).profile_map.model_validate(extra.raw, context=info.context)


class Profile(Strict):
    """A kind of device; the file's name is the profile's name.

    Beside these fields it has a key for each kind of source: `snmp`, `mqtt`, `logfile` ...
    """

    model_config = ConfigDict(extra="allow")  # by _map_of_a_kind, which refuses all but the kinds
    __pydantic_extra__: dict[str, Annotated[SourceMap, BeforeValidator(_map_of_a_kind)]] = Field(
        init=False
    )

    title: str = ""
    kind: str = ""  # modality or machine: ct, mri, ups, chiller; chooses icon and group
    group: Literal["scanner", "infrastructure"] | None = None
    extends: list[str] = []
    metrics: dict[Name, Metric] = {}
    rules: list[AnyRule] = []
    detectors: list[Detector] = []
    plans: list[str] = []  # files of config/plans: what must be done to it, and when
    power: Power = Power()  # how it takes a power cut
    # What people at it report, to be pressed on the form: instead of the parents'.
    usual_faults: Annotated[list[UsualFault], Field(max_length=MOST_USUAL_FAULTS)] = []
    vendor_questions: VendorQuestions = []  # what its supplier asks whoever stands at it

    @classmethod
    def known_keys(cls) -> list[str]:
        """Its fields, and the kinds of source."""
        return [*super().known_keys(), *named_kinds()]

    @classmethod
    def _prepared(cls, raw: dict[Any, Any]) -> dict[Any, Any]:
        fields = cls.model_fields
        return {
            key: value if key in fields else _ExtraKey(key, value) for key, value in raw.items()
        }

    @property
    def maps(self) -> dict[str, SourceMap]:
        """How each kind of source yields the metrics, by kind. One alone: `SnmpMap.of(profile)`."""
        return self.__pydantic_extra__

    def over(self, parent: "Profile") -> "Profile":
        """This profile laid over `parent`: same name replaces, everything else adds up.

        A rule without `do_first` keeps that of the rule it replaces: another limit, the same fault.
        """
        rules = {rule.id: rule for rule in parent.rules}
        for rule in self.rules:
            rules[rule.id] = _advised_as(rules.get(rule.id), rule)
        detectors = {detector.id: detector for detector in (*parent.detectors, *self.detectors)}
        questions = {row.id: row for row in (*parent.vendor_questions, *self.vendor_questions)}
        laid = Profile(
            title=self.title or parent.title,
            kind=self.kind or parent.kind,
            group=self.group or parent.group,
            metrics={**parent.metrics, **self.metrics},
            rules=list(rules.values()),
            detectors=list(detectors.values()),
            plans=list(dict.fromkeys((*parent.plans, *self.plans))),
            power=self.power.over(parent.power),
            usual_faults=self.usual_faults or parent.usual_faults,
            vendor_questions=list(questions.values()),
        )
        maps = {kind: own.over(type(own).of(parent)) for kind, own in self.maps.items()}
        return laid.model_copy(update={**parent.maps, **maps})

    def detector(self, name: str) -> Detector:
        """The detector of that id. KeyError if there is none: loading has checked the rules'."""
        for detector in self.detectors:
            if detector.id == name:
                return detector
        raise KeyError(name)

    @property
    def derived(self) -> set[str]:
        """Metrics that no source brings: a detector makes them of others, or events are counted."""
        named = {detector.metric for detector in self.detectors if detector.of or detector.events}
        brought = {metric for own in self.maps.values() for _, metric in own.named_metrics()}
        counted = {rule.watched_metric(self) for rule in self.rules if rule.counts_events}
        return named | (counted - brought)

    def limits(self, metric: str, component: str = "") -> list[LimitRule]:
        """The limits that watch one metric of one component."""
        return [limit for rule in self.rules for limit in rule.limits_on(metric, component)]

    def tolerances(self, metric: str, component: str = "") -> list[ToleranceRule]:
        """What watches one metric of one component by its baseline."""
        return [
            tolerance for rule in self.rules for tolerance in rule.tolerances_on(metric, component)
        ]


def _advised_as(replaced: AnyRule | None, rule: AnyRule) -> AnyRule:
    """The rule, with the advice of the one that it replaces if it has none."""
    if replaced is None or rule.do_first is not None:
        return rule
    return rule.model_copy(update={"do_first": replaced.do_first})
