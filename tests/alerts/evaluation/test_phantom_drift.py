"""A planted drift of a phantom is caught before its limit, by the rules that ship, on fifty seeds.

What a day adds by chance is taken as 0.4 % of the DXA's phantom and 0.6 HU of the CT's water.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from alerts.evaluation.control_chart import estimated
from alerts.evaluation.cusum import judge_cusum
from alerts.evaluation.judge import OK
from collectors.dicom.phantoms.judging import judge
from core.readings import Reading
from core.schema.dicom import Phantom
from core.schema.item_rules import item_rules
from core.schema.load_plans import SHIPPED_PLANS, load_plans
from core.schema.rules.base import Rule
from core.schema.rules.cusum import CusumRule
from core.schema.rules.limit import LimitRule
from core.schema.rules.tolerance import ToleranceRule
from tests.alerts.evaluation.small_site import SmallSite
from tests.config.shelf import profile
from tests.support.phantom_images import water

pytestmark = pytest.mark.servers  # thirty thousand values, each judged with all before it

DAY = 24 * 60  # minutes
SEEDS = range(50)
HEALTHY = 30  # days after the baseline before the drift begins


class Chart(NamedTuple):
    """A phantom's series, the chart that sees it drift, and what its plan allows."""

    rule: CusumRule
    limits: list[Rule]
    mean: float
    scatter: float
    step: float  # of the meter
    drift: float  # a day

    def values(self, seed: int, days: int, drift: float = 0.0) -> list[float]:
        """The baseline, a healthy month, and `days` of drift."""
        count = self.rule.baseline + HEALTHY + days
        drifted = drift * np.maximum(np.arange(count) - self.rule.baseline - HEALTHY, 0)
        values = self.mean + np.random.default_rng(seed).normal(0, self.scatter, count) + drifted
        return [float(value) for value in np.round(values / self.step) * self.step]


def cusum(name: str, rule_id: str) -> CusumRule:
    [rule] = [rule for rule in profile(name).rules if rule.id == rule_id]
    assert isinstance(rule, CusumRule)
    return rule


def plan_rules(name: str, metric: str) -> list[Rule]:
    plans = load_plans(SHIPPED_PLANS / f"{name}.yaml").plans
    return [limit.rule for limit in item_rules(plans) if limit.rule.metric == metric]


DXA = Chart(
    cusum("hologic-dxa", "phantom_drifts"),
    plan_rules("dxa", "phantom_bmd_g_cm2"),
    mean=1.012,
    scatter=0.004 * 1.012,
    step=0.001,
    drift=-0.005 * 1.012 / 30,  # half a per cent a month
)
CT = Chart(
    cusum("toshiba-aquilion-cx", "water_ct_number_drifts"),
    plan_rules("ct", "qa_water_ct_number_hu"),
    mean=0.2,
    scatter=0.6,
    step=0.01,
    drift=1 / 30,  # a HU a month
)


def alarms(rule: CusumRule, values: Sequence[float]) -> list[int]:
    """The days after the baseline on which the chart begins to fire."""
    readings = [Reading("d", "m", value, day) for day, value in enumerate(values)]
    baseline = estimated(rule, readings[: rule.baseline])
    assert baseline is not None
    scored = [baseline.scored(reading) for reading in readings[rule.baseline :]]
    is_firing = [judge_cusum(rule, scored[: day + 1]) != OK for day in range(len(scored))]
    return [
        day for day in range(len(scored)) if is_firing[day] and not (day and is_firing[day - 1])
    ]


def beyond(chart: Chart, first: Sequence[float]) -> list[LimitRule]:
    limits = [rule for rule in chart.limits if isinstance(rule, LimitRule)]
    around = [rule for rule in chart.limits if isinstance(rule, ToleranceRule)]
    return limits + [limit for rule in around for limit in rule.limits_around(first)]


def days_early(chart: Chart, seed: int) -> int:
    """How many days the chart fires before the plan's limit; at most the healthy month is too early."""
    values = chart.values(seed, days=300, drift=chart.drift)
    limits = beyond(chart, values)
    after = values[chart.rule.baseline :]
    broken = next(
        day
        for day, value in enumerate(after)
        if day >= HEALTHY and any(limit.is_beyond(value) for limit in limits)
    )
    # What began by chance in the healthy month is no catch of the drift.
    caught = alarms(chart.rule, values[: chart.rule.baseline + broken + 60])
    return broken - next((day for day in caught if day >= HEALTHY), broken + 60)


@pytest.mark.parametrize(
    ("chart", "median", "nine_of_ten"), [(DXA, 14, 3), (CT, 80, 60)], ids=["dxa", "ct"]
)
def test_a_drift_is_caught_days_before_its_limit(
    chart: Chart, median: int, nine_of_ten: int
) -> None:
    early = np.array([days_early(chart, seed) for seed in SEEDS])
    assert np.median(early) >= median
    assert np.quantile(early, 0.1) >= nine_of_ten


@pytest.mark.parametrize(("chart", "most"), [(DXA, 0.7), (CT, 0.5)], ids=["dxa", "ct"])
def test_a_healthy_phantom_rarely_alarms(chart: Chart, most: float) -> None:
    a_year = [len(alarms(chart.rule, chart.values(seed, days=365 - HEALTHY))) for seed in SEEDS]
    assert np.mean(a_year) <= most


def test_a_drift_in_the_pixels_fires_before_the_limit_of_the_plan(tmp_path: Path) -> None:
    """From the image by the formulas and the store to the alert; 0.15 HU a day, ± 5 HU allowed."""
    rule = CT.rule
    site = SmallSite(tmp_path, f"kind: cusum, k: {rule.k}, h: {rule.h}, baseline: {rule.baseline}")
    random = np.random.default_rng(7)
    phantom = Phantom(kind="ct_water", patient_ids=["QA-WATER"])
    fired = broken = None
    for day in range(rule.baseline + 60):
        mean = 0.2 + random.normal(0, 0.6) + 0.15 * max(0, day - rule.baseline)
        image = water(mean, 4, shape=(224, 224), seed=day)
        value = judge(phantom, image)[0].value
        state = site.read(value, day * DAY)
        fired = day if fired is None and state == "firing" else fired
        if any(limit.is_beyond(value) for limit in beyond(CT, [])):
            broken = day
            break
    site.close()
    assert fired is not None
    assert broken is not None
    assert fired > rule.baseline
    assert broken - fired >= 10
