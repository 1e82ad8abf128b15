"""In which line of a YAML file something stands."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from core.errors import Mistake

_STEP = re.compile(r"\[(\d+)\]|\.?([^.\[]+)")


class Places:
    """The lines of one file's keys. Without a word for what cannot be read: that is a mistake already."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._root: Any = yaml.compose(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
        except (OSError, ValueError, yaml.YAMLError):
            self._root = None

    def line(self, steps: Sequence[int | str]) -> int:
        """The line of the deepest of these keys and list positions that the file has; counted from 1."""
        node, line = self._root, 1
        for step in steps:
            if isinstance(node, yaml.SequenceNode) and isinstance(step, int):
                node = node.value[step]
                line = node.start_mark.line + 1
                continue
            pairs = node.value if isinstance(node, yaml.MappingNode) else ()
            pair = next((pair for pair in pairs if pair[0].value == str(step)), None)
            if pair is None:
                break
            line, node = pair[0].start_mark.line + 1, pair[1]
        return line

    def keys(self, steps: Sequence[int | str]) -> list[str]:
        """The keys of the mapping that is there, as they are written."""
        node = self._root
        for step in steps:
            if isinstance(step, int):
                node = node.value[step]
            else:
                node = next(value for key, value in node.value if key.value == step)
        return [key.value for key, _ in node.value]

    def placed(self, mistake: Mistake) -> Mistake:
        """The same mistake with the line in which it stands before its path."""
        if self._root is None or not mistake.path:
            return mistake
        line = self.line(self._steps(mistake.path))
        return Mistake(f"{self._path}:{line}", mistake.path, mistake.text)

    def _steps(self, path: str) -> list[int | str]:
        """The steps of `tests[0].given.helium.0m..2h/5m`: a key may itself have dots."""
        steps: list[int | str] = []
        node, rest = self._root, path
        while rest:
            if index := re.match(r"\[(\d+)\]\.?", rest):
                steps.append(int(index[1]))
                node = node.value[int(index[1])]
                rest = rest[index.end() :]
                continue
            pairs = node.value if isinstance(node, yaml.MappingNode) else ()
            fitting = [
                pair for pair in pairs if re.match(rf"{re.escape(pair[0].value)}(?=[.\[]|$)", rest)
            ]
            if not fitting:
                break
            key, node = max(fitting, key=lambda pair: len(pair[0].value))
            steps.append(key.value)
            rest = rest[len(key.value) :].removeprefix(".")
        return steps
