"""The limits of the items of plans are rules of the device that has the plan, each written once."""

from pathlib import Path

import pytest

from core.errors import ConfigError
from core.schema.item_rules import item_rules, with_item_rules
from core.schema.load import load_profile, load_site
from core.schema.load_plans import SHIPPED_PLANS, load_plans
from core.schema.rules.limit import LimitRule
from core.schema.site import Device
from dashboard import i18n
from tests.config.shelf import DEVICES, profile, write

SITE = """
id: test
name: Test
zone: Asia/Kabul
devices: [{id: ct-1, name: CT, profile: %s}]
"""
OURS = "title: Our CT\nextends: [siemens-somatom-sensation-16]\nrules:\n"
PLANS = """
title: Ours
risk: {function: 6, risk: 3, maintenance: 5}
plans:
  - id: ours
    title: Ours
    every: 1d
    items:
"""


def loaded(folder: Path, own_rules: str = "", plans: str = "", device: str = "") -> Device:
    """A CT with rules and plans of the site's own beside what ships."""
    name = "siemens-somatom-sensation-16"
    if own_rules:
        write(folder, "profiles/our-ct.yaml", OURS + own_rules)
        name = "our-ct"
    if plans:
        write(folder, "plans/ours.yaml", PLANS + plans)
    return load_site(write(folder, "site.yaml", SITE % f"{name}{device}")).devices["ct-1"]


def mistakes(caught: pytest.ExceptionInfo[ConfigError], folder: Path) -> list[str]:
    return [str(mistake).replace(f"{folder}/", "") for mistake in caught.value.mistakes]


def rule(name: str, metric: str, limit: str) -> str:
    return (
        f"  - {{id: {name}, title: T, metric: {metric}, {limit}, severity: error,"
        " basis: engineering}\n"
    )


def item(name: str, metric: str, limits: str) -> str:
    return f"      - {{id: {name}, text: Look, measure: {{metric: {metric}, {limits}}}}}\n"


def test_an_items_limits_are_rules_with_its_basis_source_and_severity(tmp_path: Path) -> None:
    device = loaded(tmp_path)
    low, high = device.profile.limits("qa_water_ct_number_hu")
    assert (low.id, low.below) == ("water_ct_number_low", -5)
    assert (high.id, high.above) == ("water_ct_number_high", 5)
    assert high.title == "Water phantom, mean CT number: too high"
    assert (high.severity, high.basis) == ("error", "published")
    assert high.source.startswith("ACR CT QC Manual 2017")
    [noise] = device.profile.tolerances("qa_water_noise_hu")
    assert (noise.id, noise.tolerance_pct, noise.baseline_of) == ("water_noise_off", 20, 5)
    [laser] = device.profile.limits("qa_laser_offset_mm")
    assert (laser.id, laser.severity, laser.basis) == (
        "laser_offset_high",
        "warning",
        "engineering",
    )


def test_only_the_plans_that_the_device_has_count(tmp_path: Path) -> None:
    assert loaded(tmp_path, device=", plans: []").profile.limits("qa_laser_offset_mm") == []
    own = item("air", "qa_air_c", "high: 32, component: outlet")
    device = loaded(tmp_path, plans=own, device=", plans: [ours]")
    assert device.profile.limits("qa_water_ct_number_hu") == []
    assert [found.id for found in device.profile.limits("qa_air_c", "outlet")] == ["air_high"]
    assert device.profile.limits("qa_air_c", "inlet") == []


WATER = "metrics: {qa_water_ct_number_hu: {title: Water, unit: HU}}\n"


def test_the_same_limit_in_the_profile_is_one_rule(tmp_path: Path) -> None:
    own = rule("water_off", "qa_water_ct_number_hu", "above: 5") + WATER
    limits = loaded(tmp_path, own).profile.limits("qa_water_ct_number_hu")
    assert [found.id for found in limits] == ["water_off", "water_ct_number_low"]


def test_a_rule_of_the_profile_replaces_an_items_by_its_id(tmp_path: Path) -> None:
    own = rule("water_ct_number_high", "qa_water_ct_number_hu", "above: 4") + WATER
    limits = loaded(tmp_path, own).profile.limits("qa_water_ct_number_hu")
    assert [(found.id, found.limit) for found in limits] == [
        ("water_ct_number_high", 4),
        ("water_ct_number_low", -5),
    ]


@pytest.mark.parametrize(
    ("limits", "place", "words"),
    [
        ("high: 38", "high", "gantry_temp_c: 38 contradicts 35 of the rule 'gantry_warm'"),
        ("low: 10, high: 35", None, ""),
        ("low: 36", None, ""),  # another side is another limit
    ],
)
def test_a_limit_that_contradicts_the_profiles_is_refused_with_its_place(
    limits: str, place: str | None, words: str, tmp_path: Path
) -> None:
    own = item("gantry", "gantry_temp_c", limits)
    if place is None:
        assert loaded(tmp_path, plans=own, device=", plans: [ours]")
        return
    with pytest.raises(ConfigError) as caught:
        loaded(tmp_path, plans=own, device=", plans: [ours]")
    [mistake] = mistakes(caught, tmp_path)
    assert mistake.startswith(f"plans/ours.yaml: plans[0].items[0].measure.{place}: {words}")
    assert "a rule 'gantry_high' in the profile replaces the item's" in mistake


def test_two_items_that_contradict_each_other_are_refused(tmp_path: Path) -> None:
    own = item("first", "qa_air_c", "high: 32") + item("second", "qa_air_c", "high: 33")
    with pytest.raises(ConfigError) as caught:
        loaded(tmp_path, plans=own, device=", plans: [ours]")
    [mistake] = mistakes(caught, tmp_path)
    assert "plans[0].items[1].measure.high: qa_air_c: 33 contradicts 32 of the rule" in mistake
    tolerances = item("one", "qa_air_c", "tolerance_pct: 5") + item(
        "two", "qa_air_c", "tolerance_pct: 6"
    )
    with pytest.raises(ConfigError, match="6 contradicts 5"):
        loaded(tmp_path, plans=tolerances, device=", plans: [ours]")


def test_two_items_of_one_name_on_two_metrics_are_refused(tmp_path: Path) -> None:
    own = item("gantry_warm", "qa_air_c", "high: 32").replace("gantry_warm", "water_ct_number")
    with pytest.raises(ConfigError) as caught:
        loaded(tmp_path, plans=own, device=", plans: [ct, ours]")
    [mistake] = mistakes(caught, tmp_path)
    assert (
        "the device has another rule 'water_ct_number_high': give this item another id" in mistake
    )


def test_a_profile_that_contradicts_its_own_plans_is_refused_by_itself(tmp_path: Path) -> None:
    metric = "metrics: {qa_laser_offset_mm: {title: Laser, unit: mm}}\n"
    path = write(
        tmp_path, "profiles/our-ct.yaml", OURS + rule("laser", "qa_laser_offset_mm", "above: 1") + metric
    )  # fmt: skip
    with pytest.raises(
        ConfigError, match="qa_laser_offset_mm: 2 contradicts 1 of the rule 'laser'"
    ):
        load_profile(path)


@pytest.mark.parametrize("name", DEVICES)
def test_what_ships_writes_each_limit_once(name: str) -> None:
    kind = profile(name)
    files = [(plan, load_plans(SHIPPED_PLANS / f"{plan}.yaml")) for plan in kind.plans]
    laid, clashes = with_item_rules(kind, files)
    assert clashes == []
    derived = [limit.rule for _, file in files for limit in item_rules(file.plans)]
    assert all(found in laid.rules for found in derived), "an item repeats a limit of the profile"


@pytest.mark.parametrize("path", sorted(SHIPPED_PLANS.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_rule_of_an_item_that_ships_has_dari_words(path: Path) -> None:
    dari = i18n.catalogue("fa")
    titles = [limit.rule.title for limit in item_rules(load_plans(path).plans)]
    assert [title for title in titles if dari.data(title) == title] == []
    for title in titles:
        text = title.rpartition(": ")[0]
        assert dari.data(title).startswith(dari.data(text))


def test_a_limit_that_is_no_limit_is_no_rule() -> None:
    weekly = next(
        plan for plan in load_plans(SHIPPED_PLANS / "ct.yaml").plans if plan.id == "ct_weekly"
    )
    assert list(item_rules([weekly])) == []
    assert LimitRule.model_fields["hold"].default == 0
