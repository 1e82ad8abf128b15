"""Counts of names and sizes in the product's own code: `python -m tests.support.names [FOLDER]` lists them."""

import ast
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
FOLDERS = (
    "core",
    "storage",
    "collectors",
    "alerts",
    "maintenance",
    "access",
    "dashboard",
    "simulator",
    "app",
)

# Words that say how a thing came about, not what it is: what was told, found or kept has a name in
# the field's literature. A word counts wherever it stands in a name (`heard_at`, `_told`).
VOICE = frozenset(
    """said says say told tell tells heard hear deed deeds piece pieces one ones found took taken asked
    ask brought gone kept begun wanted desk house shelf speech""".split()  # noqa: SIM905  a list would be thirty lines
)
Function = ast.FunctionDef | ast.AsyncFunctionDef


class Bound(NamedTuple):
    """A name that is bound somewhere: a variable, a parameter, a function, a class."""

    path: Path
    line: int
    name: str


def sources(*folders: str) -> list[Path]:
    """The product's own files; migrations are left out, for each is frozen as it was released."""
    paths = (path for folder in folders or FOLDERS for path in (ROOT / folder).rglob("*.py"))
    return sorted(path for path in paths if "versions" not in path.parts)


def bound_names(path: Path) -> Iterator[Bound]:
    for node in ast.walk(_parsed(path)):
        for name in _bound_by(node):
            yield Bound(path, getattr(node, "lineno", 0), name)


def voice_names(names: list[Bound]) -> list[Bound]:
    return [bound for bound in names if VOICE & set(bound.name.lower().split("_"))]


def doubled_classes(paths: list[Path]) -> dict[str, int]:
    """Class names that stand for more than one thing, and for how many."""
    nodes = (node for path in paths for node in ast.walk(_parsed(path)))
    count = Counter(node.name for node in nodes if isinstance(node, ast.ClassDef))
    return {name: times for name, times in sorted(count.items()) if times > 1}


def long_functions(paths: list[Path], limit: int = 40) -> list[str]:
    functions = (
        (path, node)
        for path in paths
        for node in ast.walk(_parsed(path))
        if isinstance(node, Function)
    )
    return [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path, node in functions
        if (node.end_lineno or 0) - node.lineno + 1 > limit
    ]


def long_files(paths: list[Path], limit: int = 300) -> list[str]:
    return [
        str(path.relative_to(ROOT))
        for path in paths
        if len(path.read_text(encoding="utf-8").splitlines()) > limit
    ]


def _parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _bound_by(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        yield node.id
    elif isinstance(node, ast.arg):
        yield node.arg
    elif isinstance(node, Function | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.alias) and node.asname:
        yield node.asname
    elif isinstance(node, ast.ExceptHandler) and node.name:
        yield node.name


def _list(folders: list[str]) -> None:
    paths = sources(*folders)
    names = [bound for path in paths for bound in bound_names(path)]
    voice = voice_names(names)
    for bound in voice:
        print(f"{bound.path.relative_to(ROOT)}:{bound.line} {bound.name}")  # noqa: T201
    print(f"{len(voice)} of {len(names)} bound names ({len(voice) / len(names):.2%})")  # noqa: T201
    print("doubled classes", doubled_classes(paths))  # noqa: T201
    print("functions over 40 lines", long_functions(paths))  # noqa: T201
    print("files over 300 lines", long_files(paths))  # noqa: T201


if __name__ == "__main__":
    _list(sys.argv[1:])
