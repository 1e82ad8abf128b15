"""Control charts of a phantom: Shewhart's and the CUSUM, from their baseline to a service."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.evaluation.closing import close_alert
from alerts.evaluation.control_chart import Scored, estimated, joined
from alerts.evaluation.cusum import judge_cusum
from alerts.evaluation.judge import OK
from alerts.evaluation.shewhart import TESTS, judge_shewhart, pattern_start
from core.errors import ConfigError
from core.readings import Reading
from core.schema.load import load_profile, load_site
from core.schema.rules.cusum import CusumRule
from core.schema.rules.shewhart import ShewhartRule
from core.time.clock import MINUTE
from dashboard.components.device.values import rule_list
from storage.records.transaction import transaction
from storage.series import SeriesReader
from tests.alerts.evaluation.small_site import SmallSite, at, write_site
from tests.support.examples import seeds

DAY = 24 * 60  # minutes
SHEWHART = "kind: shewhart, baseline: 10"
CUSUM = "kind: cusum, baseline: 10"
STATED = "mean: 0, sigma: 1"
# In control: mean 0, moving range 1.128 or so.
BASELINE = [0.5, -0.5, 0.6, -0.6, 0.5, -0.6, 0.6, -0.5, 0.5, -0.5]


@pytest.fixture(params=[SHEWHART, CUSUM])
def chart(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[SmallSite]:
    site = SmallSite(tmp_path, request.param)
    yield site
    site.close()


@pytest.fixture
def shewhart(tmp_path: Path) -> Iterator[SmallSite]:
    site = SmallSite(tmp_path, SHEWHART)
    yield site
    site.close()


def daily(site: SmallSite, values: Sequence[float], first_day: int = 0) -> list[str]:
    """One value a day; the state after each."""
    return [site.read(value, (first_day + n) * DAY) for n, value in enumerate(values)]


def test_until_the_baseline_is_there_nothing_is_judged(chart: SmallSite) -> None:
    assert daily(chart, [90, -90] * 5) == ["ok"] * 10
    assert chart.alerts() == []


def test_a_value_far_from_its_baseline_fires_and_the_next_good_ones_end_it(
    chart: SmallSite,
) -> None:
    daily(chart, BASELINE)
    assert daily(chart, [0.5, 9.0], 10) == ["ok", "firing"]
    assert daily(chart, [0.0] * 12, 12)[-1] == "ok"
    [alert] = chart.alerts()
    assert (alert.value, alert.fired_at) == (9, at(11 * DAY))


def test_a_value_that_is_put_right_or_withdrawn_is_judged_anew_at_once(chart: SmallSite) -> None:
    daily(chart, BASELINE)
    assert chart.read(9, 10 * DAY) == "firing"
    assert chart.read(0.5, 10 * DAY, quality="corrected") == "ok"
    assert chart.read(9, 11 * DAY) == "firing"
    assert chart.read(9, 11 * DAY, quality="withdrawn") == "ok"
    assert daily(chart, [0.2, 0.1], 12) == ["ok", "ok"]


def test_an_older_value_that_is_put_right_counts_as_it_is_now(tmp_path: Path) -> None:
    site = SmallSite(tmp_path, f"kind: cusum, {STATED}")
    assert daily(site, [2.5, 2.5, 0.6]) == ["ok"] * 3  # 2 + 2 + 0.1, limit 5
    assert site.read(4.5, 1 * DAY, quality="corrected") == "firing"
    assert site.read(2.5, 1 * DAY, quality="corrected") == "ok"
    assert site.read(2.5, 1 * DAY, quality="corrected") == "ok"  # once more is not twice
    assert site.read(2.5, 0, quality="withdrawn") == "ok"
    assert daily(site, [1.5, 1.5], 3) == ["ok", "ok"]  # 2 + 0.1 + 1 + 1
    assert site.read(2.5, 0, quality="corrected") == "firing"  # back, and so 6.1
    site.close()


def test_a_value_of_yesterday_that_is_typed_today_counts(tmp_path: Path) -> None:
    site = SmallSite(tmp_path, f"kind: cusum, {STATED}")
    daily(site, [3, 0.5])
    site.read(0.5, 3 * DAY)
    assert site.read(4, 2 * DAY) == "firing"
    site.close()


def test_a_value_that_is_stored_twice_counts_once(tmp_path: Path) -> None:
    site = SmallSite(tmp_path, f"kind: cusum, {STATED}")
    assert [site.read(4, 0) for _ in range(5)] == ["ok"] * 5
    site.close()


@pytest.mark.servers  # as long as they take
def test_a_restart_changes_nothing(tmp_path: Path) -> None:
    rng = Random(3)
    values = [rng.gauss(0, 1) + (day // 20) for day in range(60)]
    states: list[list[str]] = []
    for name in ("once", "killed"):
        (tmp_path / name).mkdir()
        site = SmallSite(tmp_path / name, CUSUM)
        states.append([])
        for day, value in enumerate(values):
            states[-1].append(site.read(value, day * DAY))
            if name == "killed":
                site.restart()
        site.close()
    assert states[0] == states[1]
    assert set(states[0]) == {"ok", "firing"}


def test_what_is_in_blocks_counts_like_the_rest(chart: SmallSite) -> None:
    daily(chart, BASELINE)
    while chart.writer.compact(everything=True):
        pass
    assert chart.read(9, 10 * DAY) == "firing"


def test_a_service_ends_it_and_a_new_baseline_begins(chart: SmallSite) -> None:
    daily(chart, BASELINE)
    assert chart.read(9, 10 * DAY) == "firing"
    chart.serviced(10 * DAY + 60)
    assert chart.read(9.1, 11 * DAY) == "ok"
    assert daily(chart, [9 + value for value in BASELINE[1:]], 12) == ["ok"] * 9
    assert chart.read(9.2, 22 * DAY) == "ok"
    assert chart.read(0, 23 * DAY) == "firing"


def test_a_service_that_comes_later_says_nothing_of_what_was_before(chart: SmallSite) -> None:
    daily(chart, BASELINE)
    chart.serviced(20 * DAY)
    assert chart.read(9, 10 * DAY) == "firing"


def test_what_a_person_closed_begins_anew(chart: SmallSite) -> None:
    daily(chart, BASELINE)
    assert daily(chart, [9, 9], 10) == ["firing", "firing"]
    chart.now = at(11 * DAY + 120)
    with transaction(chart.records, chart.site, "sara", chart.now) as tx:
        close_alert(tx, chart.alerts()[0].id, "calibrated", SeriesReader(chart.site.series_path))
    assert chart.state() == "ok"
    chart.now = at(15 * DAY)
    assert daily(chart, [0.3, 0.2], 12) == ["ok", "ok"]
    assert chart.read(9, 14 * DAY) == "firing"


def test_a_value_from_2036_is_judged_now_and_blinds_nothing(chart: SmallSite) -> None:
    daily(chart, BASELINE)
    chart.now = at(10 * DAY)
    assert chart.read(9, 11 * 365 * DAY) == "firing"
    for day in range(11, 23):
        chart.now = at(day * DAY)
        chart.read(0.1, day * DAY)
    assert chart.state() == "ok"
    chart.now = at(23 * DAY)
    assert chart.read(9, 23 * DAY) == "firing"


def test_a_meter_of_whole_units_is_not_judged_finer_than_it_shows(shewhart: SmallSite) -> None:
    daily(shewhart, [0, 0, 0, 0, 1, 0, 0, 0, 0, 0])
    assert daily(shewhart, [1, 0, -1, 1], 10) == ["ok"] * 4
    assert shewhart.read(2, 20 * DAY) == "firing"


def test_a_value_that_never_moves_cannot_be_judged(shewhart: SmallSite) -> None:
    assert set(daily(shewhart, [0] * 10 + [1, 2, 0])) == {"ok"}


def is_firing(kind: str, scored: Sequence[Scored]) -> bool:
    fields = {**OWN, "kind": kind}
    if kind == "cusum":
        return judge_cusum(CusumRule.model_validate(fields), scored) != OK
    return judge_shewhart(ShewhartRule.model_validate(fields), scored) != OK


@pytest.mark.parametrize("seed", seeds(3))
@pytest.mark.parametrize("kind", ["cusum", "shewhart"])
def test_the_state_is_always_that_of_the_values_as_they_are_now(
    tmp_path: Path, kind: str, seed: int
) -> None:
    """Typed late, twice, put right, withdrawn and put back, with a restart now and then."""
    rng = Random(seed)
    site = SmallSite(tmp_path, f"kind: {kind}, {STATED}")
    values: dict[int, float] = {}
    withdrawn = set[int]()
    for _ in range(60):
        day, value = rng.randrange(30), round(rng.gauss(0.4, 1.5), 1)
        change = rng.choice(["typed", "typed", "typed", "corrected", "withdrawn"])
        if change == "typed":
            site.read(value, day * DAY)  # of two the first counts, and what is withdrawn stays so
            if day not in withdrawn:
                values.setdefault(day, value)
        elif change == "corrected" and day in values.keys() | withdrawn:
            site.read(value, day * DAY, quality="corrected")
            values[day] = value
            withdrawn.discard(day)
        elif change == "withdrawn" and day in values:
            site.read(value, day * DAY, quality="withdrawn")
            del values[day]
            withdrawn.add(day)
        if rng.random() < 0.2:
            site.restart()
        scored = [Scored(day, values[day]) for day in sorted(values)]
        assert (site.state() == "firing") == (bool(scored) and is_firing(kind, scored))
    site.close()


def test_enormous_values_stop_nobody(chart: SmallSite) -> None:
    assert set(daily(chart, [1e308, -1e308] * 8)) == {"ok"}


@pytest.mark.parametrize(
    ("test", "values", "first_wrong"),
    [
        ("beyond_3_sigma", [2.9, 3.1, 0], 1),
        ("two_of_three_beyond_2_sigma", [2.1, 0, 2.1, 1.9, 0], 2),
        ("two_of_three_beyond_2_sigma", [2.1, -2.1, 0, 0, -2.1, -2.1], 5),
        ("four_of_five_beyond_1_sigma", [1.1, 1.2, 0, 1.3, 1.1, -1], 4),
        ("eight_on_one_side", [0.1] * 7 + [-0.1] + [-0.2] * 7 + [0.1], 14),
    ],
)
def test_each_test_of_the_handbook(
    tmp_path: Path, test: str, values: list[float], first_wrong: int
) -> None:
    site = SmallSite(tmp_path, f"kind: shewhart, {STATED}, tests: [{test}]")
    states = daily(site, values)
    assert states.index("firing") == first_wrong
    assert states.count("firing") == 1
    site.close()


def test_the_example_of_the_nist_handbook() -> None:
    """6.3.2.3: 20 group means, target 325, k 0.3175, h 4.1959: the sum is too high at the 14th."""
    means = "324.925 324.675 324.725 324.350 325.350 325.225 324.125 324.525 325.225 324.600 "
    means += "324.625 325.150 328.325 327.250 327.825 328.500 326.675 327.775 326.875 328.350"
    scored = [Scored(n, float(mean) - 325) for n, mean in enumerate(means.split(), 1)]
    rule = CusumRule.model_validate({**OWN, "kind": "cusum", "k": 0.3175, "h": 4.1959})
    states = [judge_cusum(rule, scored[:n]).state for n in range(1, 21)]
    assert states == ["ok"] * 13 + ["firing"] * 7
    assert judge_cusum(rule, scored).began_at == 13


@pytest.mark.servers  # as long as they take
def test_a_small_shift_is_found_by_the_cusum_long_before_shewhart(tmp_path: Path) -> None:
    rng = Random(1)
    values = [rng.gauss(0, 1) for _ in range(20)] + [rng.gauss(1.3, 1) for _ in range(30)]
    first: list[int] = []
    for kind in ("cusum", "shewhart"):
        (tmp_path / kind).mkdir()
        site = SmallSite(tmp_path / kind, f"kind: {kind}, {STATED}")
        states = daily(site, values)
        first.append(states.index("firing") if "firing" in states else len(states))
        site.close()
    assert 20 <= first[0] < 35
    assert first[0] < first[1]


@pytest.mark.parametrize(
    ("rule", "mistake"),
    [
        ("kind: shewhart, mean: 0, sigma: 0", r"rules\[0\].sigma"),
        ("kind: shewhart, mean: 0, sigma: -1", r"rules\[0\].sigma"),
        ("kind: cusum, mean: 0", r"rules\[0\]: .*`mean` and `sigma` need one another"),
        ("kind: cusum, mean: 0, sigma: 1, baseline: 20", r"rules\[0\]: .*not both"),
        ("kind: cusum, baseline: 3", r"rules\[0\].baseline"),
        ("kind: cusum, h: 0", r"rules\[0\].h"),
        ("kind: cusum, k: -1", r"rules\[0\].k"),
        ("kind: shewhart, tests: [beyond_4_sigma]", r"rules\[0\].tests"),
        ("kind: shewhart, tests: []", r"rules\[0\].tests"),
    ],
)
def test_nonsense_is_refused_with_its_place(tmp_path: Path, rule: str, mistake: str) -> None:
    with pytest.raises(ConfigError, match=mistake):
        load_site(write_site(tmp_path, rule))


def test_they_are_said_in_words(tmp_path: Path) -> None:
    rule = "kind: shewhart, tests: [beyond_3_sigma, eight_on_one_side]"
    shown = rule_list(load_site(write_site(tmp_path, rule)).devices["ct-1"].profile)
    assert "Value farther than 3 sigma from its mean, or Value 8 in a row on one side" in shown


def test_every_ct_has_the_charts_of_its_water_phantom() -> None:
    shipped = load_profile(Path("config/profiles/toshiba-aquilion-cx.yaml"))
    kinds = {rule.kind for rule in shipped.rules if "qa_water_ct_number_hu" in rule.input_metrics}
    assert kinds == {"shewhart", "cusum"}


OWN = {
    **{"id": "rule", "title": "Rule", "severity": "warning", "basis": "engineering"},
    **{"metric": "value_x", "mean": 0, "sigma": 1},
}
SCORES = st.lists(st.floats(-6, 6), min_size=1, max_size=40).map(
    lambda zs: [Scored(n, z) for n, z in enumerate(zs, 1)]
)


@given(SCORES, st.sets(st.sampled_from(sorted(TESTS)), min_size=1))
def test_a_shewhart_chart_fires_if_and_only_if_a_pattern_ends_now(
    scored: list[Scored], tests: set[str]
) -> None:
    rule = ShewhartRule.model_validate({**OWN, "kind": "shewhart", "tests": sorted(tests)})
    patterns = []
    for test in rule.tests:
        needed, of, sigma = TESTS[test]
        zs = [own.z for own in scored[-of:]]
        for side in (1, -1):
            is_newest = zs[-1] * side > sigma
            patterns.append(is_newest and sum(z * side > sigma for z in zs) >= needed)
    assert (judge_shewhart(rule, scored).state == "firing") == any(patterns)
    mirrored = [Scored(own.at, -own.z) for own in scored]
    assert judge_shewhart(rule, mirrored) == judge_shewhart(rule, scored)
    for test in rule.tests:
        start = pattern_start(TESTS[test], scored)
        assert start is None or scored[-TESTS[test].of :][0].at <= start <= scored[-1].at


@given(SCORES)
def test_a_cusum_is_the_largest_sum_of_what_came_last(scored: list[Scored]) -> None:
    """Until it first fires: the tabular form is the greatest tail of z - k (Page 1954)."""
    rule = CusumRule.model_validate({**OWN, "kind": "cusum"})
    for count in range(1, len(scored) + 1):
        newest = scored[:count]
        tails = [
            sum(side * own.z - rule.k for own in newest[start:])
            for side in (1, -1)
            for start in range(count)
        ]
        if abs(max(tails) - rule.h) < 1e-9:
            return
        state = judge_cusum(rule, newest)
        assert (state != OK) == (max(tails) > rule.h)
        if state != OK:
            assert state.began_at <= newest[-1].at
            quiet = [Scored(count + n, 0.0) for n in range(1, 12)]
            assert judge_cusum(rule, newest + quiet) == OK  # h over k later it is over
            return


@given(st.lists(st.floats(-1000, 1000), min_size=20, max_size=20))
def test_a_baseline_has_a_spread_or_there_is_none(values: list[float]) -> None:
    rule = ShewhartRule.model_validate(
        {key: OWN[key] for key in OWN if key not in ("mean", "sigma")} | {"kind": "shewhart"}
    )
    readings = [Reading("ct-1", "value_x", value, n) for n, value in enumerate(values)]
    baseline = estimated(rule, readings)
    assert (baseline is None) == (len(set(values)) == 1)
    assert estimated(rule, readings[:-1]) is None
    if baseline is not None:
        assert baseline.sigma > 0
        assert min(values) - 1e-9 <= baseline.mean <= max(values) + 1e-9


def test_values_that_come_together_are_one() -> None:
    """Four views of each patient are alike: apart they made the spread of nought, and every patient an alarm."""
    forces = [100.0, 130.0, 90.0, 140.0, 110.0]
    views = [
        Reading("mammo-1", "compression_force_n", force, at(60 * patient + view))
        for patient, force in enumerate(forces)
        for view in range(4)
    ]
    patients = joined(views, 5 * MINUTE)
    assert [each.value for each in patients] == forces
    assert [each.at for each in patients] == [at(60 * patient + 3) for patient in range(5)]
    assert joined(views, 0) == views


def test_a_chart_of_patients_is_not_alarmed_by_the_next_patient(tmp_path: Path) -> None:
    site = SmallSite(tmp_path, "kind: cusum, baseline: 10, together: 5m")
    states = [
        site.read(value + random, patient * 60 + view)
        for patient, value in enumerate([100, 130, 90, 140, 110] * 4)
        for view, random in enumerate([0.0, 0.5, 0.0, 0.5])
    ]
    assert set(states) == {"ok"}
    site.close()
