"""Documentation is tested: every setting, profile key and command can be found in it."""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from app.cli.main import cli
from core import schema
from core.schema.strict_model import Strict

ROOT = Path(__file__).parent.parent
DOCS = [
    ROOT / "README.md",
    ROOT / "config" / "herat.yaml",
    *ROOT.glob("docs/*.md"),
    *ROOT.glob("collectors/*/README.md"),
    *ROOT.glob("collectors/*/*/README.md"),
    *ROOT.glob("storage/*/README.md"),
]


@pytest.fixture(scope="module")
def docs() -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in DOCS)


def keys() -> list[str]:
    """Every key of every model of core/schema."""
    modules = [
        importlib.import_module(module.name)
        for module in pkgutil.walk_packages(schema.__path__, "core.schema.")
    ]
    models = {
        model
        for module in modules
        for model in vars(module).values()
        if isinstance(model, type) and issubclass(model, Strict) and model is not Strict
    }
    return sorted({key for model in models for key in model.known_keys()})


def test_every_key_of_a_site_a_profile_and_a_plan_is_documented(docs: str) -> None:
    assert len(keys()) > 100
    assert [key for key in keys() if not re.search(rf"\b{key}\b", docs)] == []


def commands(group: Any, words: str = "") -> Iterator[str]:
    """Every command of Typer's tree, whose types Typer keeps to itself."""
    if not hasattr(group, "commands"):
        yield words
        return
    for name, command in group.commands.items():
        yield from commands(command, f"{words} {name}".strip())


def test_every_command_is_in_the_readme() -> None:
    table = (ROOT / "README.md").read_text(encoding="utf-8")
    known = list(commands(typer.main.get_command(cli)))
    assert len(known) > 20
    assert [words for words in known if not re.search(rf"`(scanward )?{words}\b", table)] == []


def test_every_link_in_the_readme_leads_somewhere() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)#:]+)\)", text)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []
