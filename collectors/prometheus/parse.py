"""Samples as readings, by what the profile names. Pure."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from collectors.base import Observation, validated
from collectors.prometheus.page import PageSample, PageText, is_gap
from collectors.prometheus.rates import CounterRates
from core.schema.site import Device
from core.schema.sources.prometheus import PrometheusSource, PrometheusValue
from core.time.clock import MINUTE

STALE = 5 * MINUTE  # the age at which Prometheus itself no longer believes a sample
_MOST_SERIES = 1_000  # of one value: a page with more has a label that counts up for ever
_LONGEST_COMPONENT = 80


@dataclass
class ParsedPage:
    """What a page gave. `faults` are for a person; `unmatched` are the names that nobody looks for."""

    observations: list[Observation] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    unmatched: Counter[str] = field(default_factory=Counter)
    is_understood: bool = False


class PageParser:
    """Turns the pages of one source into readings; it remembers what counters and stamps were."""

    def __init__(self, device: Device, source: PrometheusSource) -> None:
        self._device = device
        self._source = source
        self._values = source.samples(device.profile)
        self._rates = CounterRates()
        self._newest_stamp: int | None = None

    @property
    def names(self) -> frozenset[str]:
        """What is looked for."""
        return frozenset(value.name for value in self._values)

    def missed(self) -> None:
        """A page did not come."""
        self._rates.forget()

    def parse(self, page: PageText, at: int, time_s: float) -> ParsedPage:
        """Readings of `at`; `time_s` is the same moment of a clock that never goes back."""
        parsed = ParsedPage(unmatched=page.others)
        self._rates.begin(page.started)
        samples = self._fresh(page.samples, at, parsed)
        for value in self._values:
            own = [sample for sample in samples if _fits(sample, value)]
            parsed.is_understood = parsed.is_understood or bool(own)
            parsed.observations += self._observations(value, own, at, time_s, parsed.faults)
        if page.broken_lines:
            parsed.faults.append(f"{page.broken_lines} of its lines cannot be read")
        return parsed

    def _fresh(
        self, samples: Sequence[PageSample], at: int, parsed: ParsedPage
    ) -> list[PageSample]:
        """Those that are not stale. A page's stamps are measured by its newest, so its clock may be wrong.

        Where the newest is old as well, it is a wrong clock only if it moves on from page to page.
        """
        stamps = [sample.stamp for sample in samples if sample.stamp is not None]
        if not stamps:
            return list(samples)
        newest, last = max(stamps), self._newest_stamp
        self._newest_stamp = newest
        is_off = abs(newest - at) > STALE
        if is_off and (last is None or newest <= last):
            parsed.faults.append("it repeats what it measured long ago, or its clock is wrong")
            return [sample for sample in samples if sample.stamp is None]
        return [sample for sample in samples if newest - (sample.stamp or newest) <= STALE]

    def _observations(
        self,
        value: PrometheusValue,
        samples: Sequence[PageSample],
        at: int,
        time_s: float,
        faults: list[str],
    ) -> Iterator[Observation]:
        components = [self._component(value, sample) for sample in samples]
        count = Counter(components)
        doubled = sum(times for times in count.values() if times > 1)
        if doubled:
            text = f"{doubled} samples of {value.name} fit {value.metric}"
            faults.append(f"{text}: tell them apart by `labels` or `component`")
        if len(count) > _MOST_SERIES:
            faults.append(f"{value.name} has more than {_MOST_SERIES} series: name `labels`")
        for sample, component in list(zip(samples, components, strict=True))[:_MOST_SERIES]:
            if count[component] > 1 or is_gap(sample.value) or sample.value in value.missing:
                continue
            number = self._number(value, sample, component, time_s)
            if number is not None:
                yield validated(
                    self._device,
                    value.metric,
                    number,
                    at,
                    component=component,
                    scale=value.scale,
                )

    def _number(
        self, value: PrometheusValue, sample: PageSample, component: str, time_s: float
    ) -> float | None:
        if not value.rate:
            return sample.value
        # A sample with a time of its own grew in that time, not in ours.
        moment = time_s if sample.stamp is None else sample.stamp / 1000
        return self._rates.rate((value.metric, component), sample.value, moment)

    def _component(self, value: PrometheusValue, sample: PageSample) -> str:
        own = "".join(sign for sign in value.component_of(sample.labels) if sign.isprintable())
        return "-".join(part for part in (self._source.component, own[:_LONGEST_COMPONENT]) if part)


def _fits(sample: PageSample, value: PrometheusValue) -> bool:
    if sample.name != value.name:
        return False
    return all(sample.labels.get(name, "") == text for name, text in value.labels.items())
