"""A profile says what a kind of device has: metrics, how each source yields them, and rules.

Profiles are data (config/profiles/*.yaml). They may extend one another and never compute.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Annotated, Literal, Self

from pydantic import (
    BeforeValidator,
    Discriminator,
    Field,
    StringConstraints,
    Tag,
    model_validator,
)

from core.schema.strict_model import Strict
from core.time.clock import HOUR, MINUTE, SECOND
from core.time.duration import Duration
from core.vocabulary.severity import Severity

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
RuleId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]

_OID = re.compile(r"\d+(\.\d+)+")
_MISTYPED = str.maketrans({"O": "0", "o": "0", "I": "1", "l": "1", ",": "."})


def _numeric_oid(text: object) -> str:
    if isinstance(text, str):
        plain = text.strip().removeprefix(".")
        if _OID.fullmatch(plain):
            return plain
        guess = plain.translate(_MISTYPED)
        hint = f" (did you mean {guess!r}?)" if _OID.fullmatch(guess) else ""
        raise ValueError(f"{text!r} is not a numeric OID such as 1.3.6.1.2.1.1.3.0{hint}")
    raise ValueError(f"{text!r} is not an OID; put it in quotes, as '1.3.6.1.2.1.1.3.0'")


def _regex(text: object) -> str:
    if not isinstance(text, str):
        raise ValueError("a pattern is a text")
    try:
        re.compile(text)
    except (re.error, OverflowError, RecursionError) as error:
        raise ValueError(f"not a regular expression: {error}") from None
    return text


Oid = Annotated[str, BeforeValidator(_numeric_oid)]
Pattern = Annotated[str, BeforeValidator(_regex)]


class Metric(Strict):
    """One thing that is measured. Its name carries the unit and is a public API."""

    title: str
    unit: str = ""
    kind: Literal["gauge", "counter", "state"] = "gauge"
    plausible: tuple[float, float] | None = None  # outside it an answer is a fault of the sensor
    states: dict[int, str] = {}  # for kind `state`: what each number means
    tile: bool = False  # shown on the fleet page

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.plausible and self.plausible[0] >= self.plausible[1]:
            raise ValueError("`plausible` is [lowest, highest]")
        return self


class SnmpValue(Strict):
    """A scalar: one OID, one reading."""

    metric: Name
    oid: Oid
    scale: float = 1.0
    missing: list[float] = []  # raw answers that mean "no sensor", such as -1 or 4294967295
    component: str = ""


class SnmpTable(Strict):
    """A column: one reading per row.

    In `component`, `{index}` is the row's index and `{label}` the row's text in the column `label`.
    With `of`, the answer is divided by the same row of that column (used / size), then scaled.
    With `only`, rows whose component it does not match are left out (disks, not memory).
    """

    metric: Name
    oid: Oid
    of: Oid | None = None
    label: Oid | None = None
    only: Pattern | None = None
    scale: float = 1.0
    missing: list[float] = []
    component: str = "{index}"

    @model_validator(mode="after")
    def _labelled(self) -> Self:
        if "{label}" in self.component and self.label is None:
            raise ValueError("`component` uses {label}: say which column holds it with `label`")
        return self


class SnmpMap(Strict):
    """How this kind of device answers SNMP."""

    values: list[SnmpValue] = []
    tables: list[SnmpTable] = []


class MqttValue(Strict):
    """Where one metric lies in a payload: `AM2301.Temperature`; empty means the payload itself.

    A list at `path` gives one reading per element, components `component`1, `component`2, ...
    `words` turns words into numbers (`{open: 1, closed: 0}`); true and false are always 1 and 0.
    """

    metric: Name
    path: str = ""
    scale: float = 1.0
    words: dict[str, float] = {}
    component: str = ""


class MqttMessage(Strict):
    """One kind of message; `{topic}` is the address that the site file gives the device."""

    topic: str
    values: list[MqttValue] = []
    at: str = ""  # path of the device's own time; empty means arrival
    online: dict[str, bool] = {}  # for availability topics: which payload means what

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.values and not self.online:
            raise ValueError("a message needs `values` or `online`")
        return self


class MqttMap(Strict):
    """What this kind of device publishes."""

    messages: list[MqttMessage] = []


class LogPattern(Strict):
    """What to keep of a record. Only what is named here is kept; the rest never enters the store.

    `match` is searched in the record's text. With `event` it becomes an event whose text is `text`
    with `{group}` replaced by the named groups of `match`; with `metric` its group `value` becomes
    a reading. `component` and `code` may use the groups too.
    """

    match: Pattern
    event: Name | None = None
    metric: Name | None = None
    text: str = ""
    severity: Severity | None = None  # None: what the record itself says, else info
    component: str = ""
    code: str = ""
    scale: float = 1.0

    @model_validator(mode="after")
    def _complete(self) -> Self:
        groups = set(re.compile(self.match).groupindex)
        if (self.event is None) == (self.metric is None):
            raise ValueError("a pattern needs either `event` or `metric`")
        if self.metric and "value" not in groups:
            raise ValueError("a pattern with `metric` needs a group (?P<value>...)")
        used = set(re.findall(r"\{(\w+)\}", self.text + self.component + self.code))
        # `code` and `component` may also come from the record's own groups.
        unknown = used - groups - {"code", "component"}
        if unknown:
            raise ValueError(f"no group named {', '.join(sorted(unknown))} in `match`")
        return self


class LogFormat(Strict):
    """How a file is cut into records, and what is kept of each.

    `record` is matched against a whole record; its named groups are `at`, and where the format has
    them `severity`, `component`, `code`, `text`. `begin` marks the first line of a record of many
    lines; without it each line is one record. `times` are strptime forms tried in order.
    """

    record: Pattern
    times: list[str]
    begin: Pattern | None = None
    severities: dict[str, Severity] = {}
    newest_first: bool = False  # the device writes new records at the top (Siemens syngo)
    patterns: list[LogPattern]

    @model_validator(mode="after")
    def _has_time(self) -> Self:
        if "at" not in re.compile(self.record).groupindex:
            raise ValueError("`record` needs a group (?P<at>...)")
        return self


class _Rule(Strict):
    id: RuleId
    title: str
    severity: Severity
    basis: Literal["maker", "published", "engineering"]
    source: str = ""  # required unless engineering: where the limit can be read
    # While it fires the device is out of service, wholly or in part: its downtime is counted.
    out_of_service: Literal["hard", "partial"] | None = None

    @model_validator(mode="after")
    def _sourced(self) -> Self:
        if self.basis != "engineering" and not self.source:
            raise ValueError(f"basis {self.basis!r} needs a `source`")
        return self


class LimitRule(_Rule):
    """A value beyond `above` or `below` for `for`; over when it is back past `clear`."""

    kind: Literal["limit"] = "limit"
    metric: Name
    component: str | None = None  # None: each component by itself
    above: float | None = None
    below: float | None = None
    clear: float | None = None
    hold: Duration = Field(default=0, alias="for")

    @model_validator(mode="after")
    def _one_side(self) -> Self:
        if (self.above is None) == (self.below is None):
            raise ValueError("a limit needs either `above` or `below`")
        wrong_side = self.clear is not None and (
            (self.above is not None and self.clear > self.above)
            or (self.below is not None and self.clear < self.below)
        )
        if wrong_side:
            raise ValueError("`clear` lies beyond the limit: the alert could never end")
        return self

    @property
    def limit(self) -> float:
        """The limit, in the metric's unit."""
        if self.above is not None:
            return self.above
        assert self.below is not None  # _one_side
        return self.below

    def is_beyond(self, value: float) -> bool:
        """Is this value wrong?"""
        return value > self.limit if self.above is not None else value < self.limit

    def is_clear(self, value: float) -> bool:
        """Is this value right again? Between clear and limit it is neither."""
        clear = self.limit if self.clear is None else self.clear
        return value <= clear if self.above is not None else value >= clear


class AbsenceRule(_Rule):
    """Nothing has been heard of `metric` for `for`. Each source's `up` is a metric too."""

    kind: Literal["absence"]
    metric: Name
    component: str | None = None
    hold: Duration = Field(default=5 * MINUTE, alias="for", ge=30 * SECOND)


class AnomalyRule(_Rule):
    """A detector of this profile sounds its alarm, for `for`; over when its alarm is.

    With `verdicts` it listens to other things that a detector says: that a sensor is stuck, absent
    or shows the impossible, or that the model no longer fits.
    """

    kind: Literal["anomaly"]
    detector: RuleId
    verdicts: list[Literal["anomaly", "stuck", "absent", "impossible", "unfit"]] = Field(
        default=["anomaly"], min_length=1
    )
    component: str | None = None
    hold: Duration = Field(default=0, alias="for")


class ForecastRule(_Rule):
    """A detector expects the value to be beyond `above` or `below` within `within`.

    A level that is used up is always foretold; a drift only once it is found.
    """

    kind: Literal["forecast"]
    detector: RuleId
    component: str | None = None
    above: float | None = None
    below: float | None = None
    within: Duration = Field(ge=1 * HOUR)

    @model_validator(mode="after")
    def _one_side(self) -> Self:
        if (self.above is None) == (self.below is None):
            raise ValueError("a forecast needs either `above` or `below`")
        return self


DetectorKind = Literal["depletion", "drift", "multivariate", "counts", "frequency"]


class Detector(Strict):
    """What learns the normal behaviour of `metric` and says when it changes.

    `context` names what the value follows: the detector's own name for it, and the metric that tells
    it, of the device itself or of one that it depends on, else of the only one at the site that has
    it. With `less`, the value that is watched is a difference: `metric` is the name of the result,
    `of` less `less`. `worth` is the smallest change worth telling, in the metric's own unit (for
    depletion: that unit a day; for counts: a ratio), because a magnet does not care about 5 mK.
    """

    id: RuleId
    kind: DetectorKind
    metric: Name
    of: Name | None = None
    less: Name | None = None
    context: dict[Name, Name] = {}
    worth: float | None = Field(default=None, gt=0)
    sided: Literal["up", "down", "both"] = "both"  # which way is worse
    scales: bool = (
        False  # for drift: it has a true zero, and what weakens the device scales all of it
    )
    events: Name | None = None  # for counts: what is counted is how often this event came
    per: Name | None = None  # for counts: the counter of use (scan seconds, exposures)
    beside: list[Name] = []  # for multivariate: the metrics that are watched with `metric`
    # What can be true of a value, by the detector's own name for it. What is not said here the
    # metrics say. Excluded: another range does not make what was learned another thing.
    plausible: dict[Name, tuple[float, float]] = Field(default={}, exclude=True)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if any(low >= high for low, high in self.plausible.values()):
            raise ValueError("`plausible` is [lowest, highest] of each name")
        if (self.of is None) != (self.less is None):
            raise ValueError("`of` and `less` need one another")
        if self.events and (self.kind != "counts" or self.of):
            raise ValueError("`events` are for kind `counts`, and stand for themselves")
        return self

    def within(self, ranges: Mapping[Name, tuple[float, float]]) -> "Detector":
        """The same, told what can be true of its values; what it says itself goes before."""
        return self.model_copy(update={"plausible": {**ranges, **self.plausible}})

    @property
    def metrics(self) -> list[str]:
        """Every metric of the device itself that it reads."""
        own = [self.of, self.less] if self.of and self.less else [self.metric]
        own = [] if self.events else own
        return [*own, *self.beside, *([self.per] if self.per else [])]


def widest(ranges: Iterable[tuple[float, float] | None]) -> tuple[float, float] | None:
    """One `plausible` for what several metrics tell together; None if one of them has none."""
    known = list(ranges)
    lows, highs = [one[0] for one in known if one], [one[1] for one in known if one]
    return (min(lows), max(highs)) if lows and len(lows) == len(known) else None


def _rule_kind(rule: object) -> str:
    kind = rule.get("kind", "limit") if isinstance(rule, dict) else getattr(rule, "kind", "limit")
    return str(kind)


Rule = Annotated[
    Annotated[LimitRule, Tag("limit")]
    | Annotated[AbsenceRule, Tag("absence")]
    | Annotated[AnomalyRule, Tag("anomaly")]
    | Annotated[ForecastRule, Tag("forecast")],
    Discriminator(_rule_kind),
]


class Profile(Strict):
    """A kind of device; the file's name is the profile's name."""

    title: str = ""
    kind: str = ""  # modality or machine: ct, mri, ups, chiller; chooses icon and group
    group: Literal["scanner", "infrastructure"] | None = None
    extends: list[str] = []
    metrics: dict[Name, Metric] = {}
    rules: list[Rule] = []
    detectors: list[Detector] = []
    snmp: SnmpMap = SnmpMap()
    mqtt: MqttMap = MqttMap()
    logfile: dict[str, LogFormat] = {}
    plans: list[str] = []  # files of config/plans: what must be done to it, and when

    def over(self, parent: "Profile") -> "Profile":
        """This profile laid over `parent`: same name replaces, everything else adds up."""
        rules = {rule.id: rule for rule in (*parent.rules, *self.rules)}
        detectors = {one.id: one for one in (*parent.detectors, *self.detectors)}
        return Profile(
            title=self.title or parent.title,
            kind=self.kind or parent.kind,
            group=self.group or parent.group,
            metrics={**parent.metrics, **self.metrics},
            rules=list(rules.values()),
            detectors=list(detectors.values()),
            snmp=SnmpMap(
                values=parent.snmp.values + self.snmp.values,
                tables=parent.snmp.tables + self.snmp.tables,
            ),
            mqtt=MqttMap(messages=parent.mqtt.messages + self.mqtt.messages),
            logfile={**parent.logfile, **self.logfile},
            plans=list(dict.fromkeys((*parent.plans, *self.plans))),
        )

    def detector(self, name: str) -> Detector:
        """The detector of that id. KeyError if there is none: loading has checked the rules'."""
        for detector in self.detectors:
            if detector.id == name:
                return detector
        raise KeyError(name)

    @property
    def derived(self) -> set[str]:
        """Metrics that no source brings: a detector makes them of others, or counts events."""
        return {one.metric for one in self.detectors if one.of or one.events}

    def metric_of(self, rule: Rule) -> str:
        """What a rule watches, itself or through its detector."""
        if isinstance(rule, AnomalyRule | ForecastRule):
            return self.detector(rule.detector).metric
        return rule.metric

    def limits(self, metric: str, component: str = "") -> list[LimitRule]:
        """The limits that watch one metric of one component."""
        return [
            rule
            for rule in self.rules
            if isinstance(rule, LimitRule)
            and rule.metric == metric
            and rule.component in (None, component)
        ]
