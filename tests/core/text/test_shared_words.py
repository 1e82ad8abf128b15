"""What the shipped profiles name has its Dari word, the same on pages, in reports and in messages."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.schema.load_plans import load_plans
from core.text.catalogue import SHARED, Catalogue, load_words
from tests.config.shelf import NAMES, profile

PLANS = Path(__file__).parents[3] / "config" / "plans"


def names_in(shipped: str) -> Iterator[str]:
    for metric in profile(shipped).metrics.values():
        yield metric.title
        yield from metric.states.values()
    for rule in profile(shipped).rules:
        yield rule.title


@pytest.mark.parametrize("shipped", NAMES)
def test_every_rule_metric_and_state_of_a_shipped_profile_has_its_dari_word(shipped: str) -> None:
    words = load_words(SHARED, "fa")
    assert [name for name in names_in(shipped) if f"data.{name}" not in words] == []


def test_every_plan_that_ships_has_its_dari_title() -> None:
    words = load_words(SHARED, "fa")
    plans = [plan for path in sorted(PLANS.glob("*.yaml")) for plan in load_plans(path).plans]
    assert len(plans) > 50
    assert [plan.title for plan in plans if f"data.{plan.title}" not in words] == []


def test_a_surface_may_say_it_its_own_way(tmp_path: Path) -> None:
    (tmp_path / "fa.toml").write_text('[data]\nlow = "کم"\n', encoding="utf-8")
    dari = Catalogue(tmp_path, "fa")
    assert (dari.data("low"), dari.data("depleted")) == ("کم", "خالی")
    assert Catalogue(tmp_path, "en").data("depleted") == "depleted"
