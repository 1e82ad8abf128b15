"""Documentation is tested: every setting, profile key and command can be found in it."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from app.cli.main import cli
from core.schema import plan, profile, site
from core.schema.strict_model import Strict

ROOT = Path(__file__).parent.parent
DOCS = [
    ROOT / "README.md",
    ROOT / "config" / "herat.yaml",
    *ROOT.glob("docs/*.md"),
    *ROOT.glob("collectors/*/README.md"),
    *ROOT.glob("storage/*/README.md"),
]


@pytest.fixture(scope="module")
def docs() -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in DOCS)


def keys(module: object) -> list[str]:
    models = [model for model in vars(module).values() if isinstance(model, type)]
    mine = [model for model in models if issubclass(model, Strict) and model is not Strict]
    return sorted({key for model in mine for key in model.known_keys()})


@pytest.mark.parametrize("key", keys(site))
def test_every_setting_of_a_site_is_documented(key: str, docs: str) -> None:
    assert re.search(rf"\b{key}\b", docs)


@pytest.mark.parametrize("key", keys(profile))
def test_every_key_of_a_profile_is_documented(key: str, docs: str) -> None:
    assert re.search(rf"\b{key}\b", docs)


@pytest.mark.parametrize("key", keys(plan))
def test_every_key_of_a_plan_is_documented(key: str, docs: str) -> None:
    assert re.search(rf"\b{key}\b", docs)


def commands(group: Any, words: str = "") -> Iterator[str]:
    """Every command of Typer's tree, whose types Typer keeps to itself."""
    if not hasattr(group, "commands"):
        yield words
        return
    for name, command in group.commands.items():
        yield from commands(command, f"{words} {name}".strip())


@pytest.mark.parametrize("words", list(commands(typer.main.get_command(cli))))
def test_every_command_is_in_the_readme(words: str) -> None:
    table = (ROOT / "README.md").read_text(encoding="utf-8")
    assert re.search(rf"`(scanward )?{words}\b", table)


def test_every_link_in_the_readme_leads_somewhere() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)#:]+)\)", text)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []
