"""A kind of detector is one line, imported when it is first wanted and asked for nothing by its name."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from alerts.detectors import KINDS, algorithm_class
from alerts.detectors.base import DetectorAlgorithm
from alerts.detectors.runner import create_runner
from core.schema.detector import Detector, DetectorKind

ROOT = Path(__file__).parents[3]
FOLDERS = ("alerts", "app")


def test_every_kind_that_a_profile_can_name_has_a_line_and_no_other() -> None:
    assert KINDS.keys() == set(get_args(DetectorKind))


@pytest.mark.parametrize("kind", KINDS)
def test_each_line_names_an_algorithm_that_names_its_runner(kind: DetectorKind) -> None:
    assert issubclass(algorithm_class(kind), DetectorAlgorithm)
    settings = Detector(id="any", kind=kind, metric="value_c")
    assert create_runner(settings).state().keys() >= {"begun", "trained", "alarm"}


@pytest.mark.servers
@pytest.mark.parametrize("module", ["alerts.detectors", "alerts.detection", "app.services.alert"])
def test_who_runs_no_detector_does_not_load_the_libraries_that_learn(module: str) -> None:
    code = f"import sys, {module}; print(*{{'sklearn', 'scipy'}} & sys.modules.keys())"
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert result.stdout.split() == []


def test_no_code_asks_for_a_kind_by_its_name() -> None:
    assert list(comparisons_with_a_kind()) == []


def comparisons_with_a_kind() -> Iterator[str]:
    for folder in FOLDERS:
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Compare) and constants_in(node) & KINDS.keys():
                    yield f"{path.relative_to(ROOT)}:{node.lineno}"


def constants_in(node: ast.AST) -> set[object]:
    return {inner.value for inner in ast.walk(node) if isinstance(inner, ast.Constant)}
