"""docs/profiles.md: what it shows works."""

import re
from pathlib import Path

import pytest

from core.schema.load import load_profile
from tests.config.shelf import REPOSITORY, write

PAGE = (REPOSITORY / "docs" / "profiles.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```yaml\n# (profiles/[\w-]+\.yaml)\n(.*?)```", PAGE, re.DOTALL)


def test_every_yaml_block_is_a_whole_profile() -> None:
    assert len(EXAMPLES) == PAGE.count("```yaml") == 7


@pytest.mark.parametrize(("name", "text"), EXAMPLES)
def test_an_example_loads(name: str, text: str, tmp_path: Path) -> None:
    assert load_profile(write(tmp_path, name, text)).title


def test_the_parts_that_the_page_names_ship() -> None:
    for name in re.findall(r"`?\b(_[a-z-]+)\b", PAGE):
        assert (REPOSITORY / "config" / "profiles" / f"{name}.yaml").exists(), name
