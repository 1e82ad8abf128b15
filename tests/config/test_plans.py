"""Plans: every shipped file is whole, the page's example works, and mistakes are told."""

import re
from pathlib import Path

import pytest

from core.errors import ConfigError
from core.schema.load import load_profile, load_site
from core.schema.load_plans import SHIPPED_PLANS, load_plans
from core.schema.plan import Plan
from core.schema.sources.mqtt import MqttMap
from core.time.clock import DAY
from maintenance.planning.usage import EXAMINATIONS
from tests.config.shelf import DEVICES, REPOSITORY, profile, write

FILES = sorted(SHIPPED_PLANS.glob("*.yaml"))
PAGE = (REPOSITORY / "docs" / "maintenance.md").read_text(encoding="utf-8")

SITE = """
id: test
name: Test
zone: Asia/Kabul
devices: [{id: ct-1, name: CT, profile: siemens-somatom-sensation-16, plans: [%s]}]
"""
PLAN = "title: T\nrisk: {function: 6, risk: 3, maintenance: 5}\nplans:\n"


def said(caught: pytest.ExceptionInfo[ConfigError]) -> str:
    return "\n".join(str(mistake) for mistake in caught.value.mistakes)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_shipped_file_of_plans_loads(path: Path) -> None:
    file = load_plans(path)
    assert any(plan.every and plan.every >= 180 * DAY for plan in file.plans)


def test_every_scanner_has_plans_and_no_id_is_there_twice() -> None:
    for name in DEVICES:
        one = profile(name)
        assert one.plans or one.group != "scanner", name
    ids = [plan.id for path in FILES for plan in load_plans(path).plans]
    mri = [name for name in ids if name.startswith("mri")]  # two kinds of magnet share their names
    assert len(set(ids) - set(mri)) == len(ids) - len(mri)


def test_a_measured_item_gives_a_metric_to_a_profile_that_has_none(tmp_path: Path) -> None:
    device = load_site(write(tmp_path, "site.yaml", SITE % "ct")).devices["ct-1"]
    assert device.profile.metrics["qa_water_ct_number_hu"].unit == "HU"
    assert device.profile.metrics["tube_scan_s"].kind == "counter", "the profile's own goes first"


def test_the_example_of_the_manual_works(tmp_path: Path) -> None:
    [text] = re.findall(r"```yaml\n# plans/our-ct.yaml\n(.*?)```", PAGE, re.DOTALL)
    write(tmp_path, "plans/our-ct.yaml", text)
    device = load_site(write(tmp_path, "site.yaml", SITE % "ct, our-ct")).devices["ct-1"]
    assert device.plan("our_filters") is not None


def test_every_scanner_has_the_counter_of_examinations_and_the_manual_s_brings_it(
    tmp_path: Path,
) -> None:
    scanners = [one for name in DEVICES if (one := profile(name)).group == "scanner"]
    assert scanners
    for one in scanners:
        assert one.metrics[EXAMINATIONS].kind == "counter", one.title
    [text] = re.findall(r"```yaml\n# profiles/counted-ct.yaml\n(.*?)```", PAGE, re.DOTALL)
    counted = load_profile(write(tmp_path, "profiles/counted-ct.yaml", text))
    assert EXAMINATIONS in {
        value.metric for m in MqttMap.of(counted).messages for value in m.values
    }


@pytest.mark.parametrize("key", sorted(Plan.known_keys()))
def test_every_key_of_a_plan_is_in_the_manual(key: str) -> None:
    assert f"`{key}`" in PAGE


@pytest.mark.parametrize(
    ("plan", "mistake"),
    [
        ("{id: p, title: P, items: [{id: a, text: A}]}", "a plan needs `every`, or `use`"),
        ("{id: p, title: P, everi: 1d, items: [{id: a, text: A}]}", "did you mean 'every'?"),
        ("{id: p, title: P, every: 1d, items: []}", "plans[0].items"),
        (
            "{id: p, title: P, every: 1d, items: [{id: a, text: A}, {id: a, text: B}]}",
            "the item 'a' is there twice",
        ),
        (
            "{id: p, title: P, every: 1d, basis: maker, items: [{id: a, text: A}]}",
            "basis 'maker' needs a `source`",
        ),
        (
            "{id: p, title: P, use: {metric: tube_scan_ss, every: 9}, items: [{id: a, text: A}]}",
            "plans[0].use.metric: unknown metric 'tube_scan_ss' (did you mean 'tube_scan_s'?)",
        ),
        (
            "{id: ct_daily, title: P, every: 1d, items: [{id: a, text: A}]}",
            "devices[0].plans: the plan 'ct_daily' is in 'ct' and in 'ours'",
        ),
    ],
)
def test_a_mistake_in_a_plan_is_told_with_its_place(
    tmp_path: Path, plan: str, mistake: str
) -> None:
    write(tmp_path, "plans/ours.yaml", f"{PLAN}  - {plan}\n")
    with pytest.raises(ConfigError) as caught:
        load_site(write(tmp_path, "site.yaml", SITE % "ct, ours"))
    assert mistake in said(caught)


def test_a_name_that_no_file_has_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load_site(write(tmp_path, "site.yaml", SITE % "ctt"))
    assert "devices[0].plans[0]: unknown plans 'ctt' (did you mean 'ct'?)" in said(caught)
