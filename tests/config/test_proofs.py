"""What proves the lines of the shipped plans, and mistakes in what a site writes itself."""

import re
from pathlib import Path

import pytest

from core.errors import ConfigError
from core.schema.load import load_site
from core.schema.load_plans import SHIPPED_PLANS, load_plans
from core.schema.plan import Item
from core.schema.proof import KINDS
from tests.config.shelf import REPOSITORY, profile, write
from tests.config.test_plans import PLAN, SITE

ITEMS = [
    item
    for path in sorted(SHIPPED_PLANS.glob("*.yaml"))
    for plan in load_plans(path).plans
    for item in plan.items
]
PAGE = (REPOSITORY / "docs" / "maintenance.md").read_text(encoding="utf-8")


def test_a_source_can_prove_three_lines_of_ten_and_each_says_why() -> None:
    proofs = [item.proof for item in ITEMS if item.proof is not None]
    assert len(proofs) >= 0.3 * len(ITEMS)
    assert all(len(proof.because.split()) > 5 for proof in proofs)


def test_what_needs_hands_eyes_or_ears_has_no_proof() -> None:
    by_hand = re.compile(
        r"\b(clean|dust|leak|crack|sound|loose|emergency stop|interlock|label|shim|restore|patch)",
        re.I,
    )
    assert [item.text for item in ITEMS if item.proof and by_hand.search(item.text)] == [
        "SF6: pressure, and a leak test where it fell"  # it did not fall
    ]


@pytest.mark.parametrize(
    "key", sorted({key for kind in KINDS.values() for key in kind.known_keys()})
)
def test_every_key_of_a_proof_is_in_the_manual(key: str) -> None:
    assert f"`{key}`" in PAGE


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_of_proof_is_in_the_manual(kind: str) -> None:
    assert f"| `{kind}` |" in PAGE


def test_the_example_of_the_manual_works(tmp_path: Path) -> None:
    [text] = re.findall(r"```yaml\n# plans/our-mri.yaml\n(.*?)```", PAGE, re.DOTALL)
    write(tmp_path, "plans/our-mri.yaml", text)
    site = "id: t\nname: T\nzone: Asia/Kabul\ndevices: [{id: mri-1, name: M, profile: siemens-magnetom-c, plans: [our-mri]}]"
    plan = load_site(write(tmp_path, "site.yaml", site)).devices["mri-1"].plan("our_mri_daily")
    assert plan is not None
    assert all(item.proof for item in plan.items)


BECAUSE = "because: the sensor shows it"
DISK = "metrics: [disk_free_mb], over: 1d"


@pytest.mark.parametrize(
    ("proof", "place", "mistake"),
    [
        ("{kind: held, metrics: [disk_fre_mb], over: 1d, %s}", ".proof.metrics[0]", "unknown metric 'disk_fre_mb' (did you mean 'disk_free_mb'?)"),
        ("{kind: held, metrics: [disk_free_mb], over: 1d, beside: [x_y], %s}", ".proof.beside[0]", "unknown metric 'x_y'"),
        ("{kind: held, metrics: [tube_scan_s], over: 1d, %s}", ".proof.metrics[0]", "'tube_scan_s' is a counter: write a proof of kind 'counter'"),
        ("{kind: counter, metric: room_temp_c, over: 1d, %s}", ".proof.metric", "'room_temp_c' is a gauge: it does not count"),
        ("{kind: held, metrics: [mains_power_w], over: 1d, %s}", ".proof.metrics[0]", "no limit is set for 'mains_power_w'"),
        ("{kind: held, metrics: [disk_free_mb], over: 1d, steady: true, %s}", ".proof.metrics[0]", "no detector or control chart judges 'disk_free_mb'"),
        ("{kind: no_event, events: [sistem_error], over: 1d, %s}", ".proof.events[0]", "unknown event 'sistem_error' (did you mean 'system_error'?)"),
        ("{kind: event, event: tube_arc, within: 1d, undone_by: [tube], %s}", ".proof.undone_by[0]", "unknown event 'tube'"),
        ("{kind: hold, metrics: [disk_free_mb], over: 1d, %s}", ".proof.kind", "unknown kind 'hold' (did you mean 'held'?)"),
        ("{kind: held, metrics: [disk_free_mb], over: 1d}", ".proof.because", "is required"),
        ("{kind: held, metrics: [disk_free_mb], ovr: 1d, %s}", ".proof.ovr", "did you mean 'over'?"),
        ("{kind: held, metrics: [disk_free_mb], over: 1d, coverage_pct: 10, %s}", ".proof.coverage_pct", "50"),
        ("{kind: held, metrics: [disk_free_mb], over: 1h, every: 1h, %s}", ".proof", "at least twice `every`"),
        ("{kind: result, newer_than: 1d, %s}", "", "needs a `metric`"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_proof_is_shown_with_its_place(
    tmp_path: Path, proof: str, place: str, mistake: str
) -> None:
    text = proof % BECAUSE if "%s" in proof else proof
    plan = f"  - {{id: p, title: P, every: 1d, items: [{{id: a, text: A, proof: {text}}}]}}\n"
    write(tmp_path, "plans/ours.yaml", PLAN + plan)
    with pytest.raises(ConfigError) as caught:
        load_site(write(tmp_path, "site.yaml", SITE % "ct, ours"))
    [shown] = [one for one in caught.value.mistakes if mistake in one.text]
    assert shown.path == f"plans[0].items[0]{place}"


@pytest.mark.parametrize(
    "proof",
    [
        "{kind: held, metrics: [gantry_temp_c], over: 1d, %s}",
        "{kind: result, metric: gantry_temp_c, newer_than: 1d, %s}",
        "{kind: no_event, events: [system_error], over: 1d, %s}",
    ],
)
def test_a_number_is_proven_by_its_own_metric_only(proof: str) -> None:
    import yaml

    fields = yaml.safe_load(proof % BECAUSE)
    with pytest.raises(ValueError, match="the line asks for 'disk_free_mb'"):
        Item.model_validate(
            {"id": "a", "text": "A", "measure": {"metric": "disk_free_mb"}, "proof": fields}
        )


def test_a_metric_that_a_device_lacks_proves_nothing_there_and_is_no_mistake_of_what_is_shipped() -> (
    None
):
    assert "tube_scan_s" not in profile("toshiba-aquilion-cx").metrics
