"""Every rule that ships says what to do first, in English and in Dari, and a changed limit keeps it."""

from pathlib import Path

import pytest
import yaml
from pydantic import ValidationError

from core.schema.item_rules import item_rules
from core.schema.load_plans import SHIPPED_PLANS, PlanLibrary
from core.schema.load_profiles import SHIPPED_PROFILES, ProfileLibrary
from core.schema.plan import Item, PlanFile
from core.schema.rules.base import DoFirst
from tests.config.shelf import NAMES, profile, write

PERSIAN_ONLY = "ي" + "ك"  # Arabic letters where Dari has ی and ک
LONGEST = 200


def lines(name: str) -> list[tuple[str, DoFirst | None]]:
    return [(rule.id, rule.do_first) for rule in profile(name).rules]


def plan_lines(path: Path) -> list[tuple[str, DoFirst | None]]:
    """Of the limits of a file of plans."""
    file = PlanFile.model_validate(yaml.safe_load(path.read_text()))
    return [(limit.rule.id, limit.rule.do_first) for limit in item_rules(file.plans)]


SHIPPED = {name: lines(name) for name in NAMES} | {
    f"plans/{path.stem}": plan_lines(path) for path in sorted(SHIPPED_PLANS.glob("*.yaml"))
}


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_rule_says_what_to_do_first_in_both_languages(name: str) -> None:
    for rule, line in SHIPPED[name]:
        assert line is not None, rule
        assert line.fa, rule
        for words in (line.en, line.fa):
            assert 10 < len(words) <= LONGEST, rule
            assert words.endswith("."), rule
        assert not any("a" <= sign <= "z" for sign in line.fa), rule
        assert not set(line.fa) & set(PERSIAN_ONLY), rule


def test_a_line_without_dari_is_english() -> None:
    assert DoFirst(en="Look.").in_language("fa") == "Look."
    assert DoFirst(en="Look.", fa="ببینید.").in_language("fa") == "ببینید."


def test_a_rule_with_another_limit_keeps_the_advice_of_the_one_it_replaces(tmp_path: Path) -> None:
    rule = "{id: room_warm, title: Warm, metric: room_temp_c, above: 22, severity: info, basis: engineering%s}"
    text = "title: T\nkind: mri\nextends: [_room]\nrules:\n  - " + rule
    write(tmp_path, "own.yaml", text % "")
    write(tmp_path, "other.yaml", text % ", do_first: {en: Leave.}")
    library = ProfileLibrary([SHIPPED_PROFILES, tmp_path], [], PlanLibrary([SHIPPED_PLANS], []))
    own, other = library.get("own"), library.get("other")
    assert own is not None
    assert other is not None
    shipped = {rule.id: rule.do_first for rule in profile("_room").rules}
    assert {rule.id: rule.do_first for rule in own.rules} == shipped
    assert {r.id: r.do_first for r in other.rules}["room_warm"] == DoFirst(en="Leave.")


def test_advice_of_an_item_without_a_limit_is_refused() -> None:
    measure = {"metric": "qa_x", "basis": "engineering"}
    with pytest.raises(ValidationError, match="a limit of the item's own"):
        Item.model_validate(
            {"id": "x", "text": "X", "measure": measure, "do_first": {"en": "Look again."}}
        )
