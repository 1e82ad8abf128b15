"""One YAML file into one strict model; every mistake in it with its place, as a person writes it."""

from collections.abc import Hashable
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from core.bounded_file import SETTINGS, read_bounded
from core.errors import Mistake
from core.schema.strict_model import Strict, did_you_mean

# What the patterns of core/schema/names.py mean, for who does not read them.
_PATTERNS = {
    "^[a-z0-9][a-z0-9-]*$": "use small letters, digits and -, as in ct-2",
    "^[a-z][a-z0-9_]*$": "use small letters, digits and _, beginning with a letter",
}


# Of a file in which every alias is written out; the largest of a real site has 20,000.
MOST_VALUES = 500_000
MOST_MERGED = 10_000  # keys, into one mapping

Model = TypeVar("Model", bound=Strict)


def raw_of(text: str) -> Any:
    """What a YAML text means, before any model. yaml.YAMLError, ValueError and others if it is none."""
    raw = yaml.load(text, _Loader)  # noqa: S506  it is a SafeLoader
    _check_aliases(raw, {})
    return raw


def read(
    path: Path, model: type[Model], mistakes: list[Mistake], text: str | None = None
) -> tuple[Any, Model | None]:
    """The raw YAML and the model; None for what cannot be had, and then `mistakes` says why.

    With a `text`, of that, as if it stood in the file.
    """
    try:
        raw = raw_of(read_bounded(path, SETTINGS).decode() if text is None else text)
    except OSError as error:
        mistakes.append(Mistake(str(path), "", error.strerror or str(error)))
        return None, None
    except UnicodeDecodeError as error:
        mistakes.append(Mistake(str(path), "", f"not UTF-8 at byte {error.start}"))
        return None, None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        hint = "; look at the spaces at the beginning of this line and the one above"
        is_known = "twice" in str(error.problem)
        text = str(error.problem) + ("" if is_known else hint)
        mistakes.append(Mistake(str(path), f"line {line}", text))
        return None, None
    except (yaml.YAMLError, ValueError, LookupError, AttributeError, RecursionError) as error:
        # What PyYAML lets through of `2026-13-45`, `!!bool x` and a thousand brackets.
        text = f"cannot be read as YAML: {type(error).__name__}: {error}"
        mistakes.append(Mistake(str(path), "", text))
        return None, None
    models: dict[int, type[Strict]] = {}
    try:
        return raw, model.model_validate(raw, context=models)
    except ValidationError as error:
        for detail in error.errors():
            mistakes.append(Mistake(str(path), *_address_and_text(raw, detail, models)))
        return raw, None


class _Loader(yaml.CSafeLoader):
    """SafeLoader that refuses a key written twice instead of dropping the first."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[Hashable] = set()
        for key_node, _ in node.value:
            if isinstance(key_node, yaml.ScalarNode):
                if key_node.value in seen:
                    text = f"the key {key_node.value!r} is written twice"
                    raise yaml.MarkedYAMLError(problem=text, problem_mark=key_node.start_mark)
                seen.add(key_node.value)
        return super().construct_mapping(node, deep=deep)

    def flatten_mapping(self, node: yaml.MappingNode) -> None:
        """Merge what `<<` names; of merges of merges no more than anybody writes."""
        super().flatten_mapping(node)
        if len(node.value) > MOST_MERGED:
            text = f"`<<` merges more than {MOST_MERGED} keys"
            raise yaml.MarkedYAMLError(problem=text, problem_mark=node.start_mark)


def _check_aliases(node: Any, counted: dict[int, int]) -> int:
    """How many values there are with every alias written out. ValueError if that is without measure.

    A few lines of aliases to aliases are a billion values for whoever looks at each ("billion laughs").
    """
    if not isinstance(node, dict | list):
        return 1
    if id(node) not in counted:
        counted[id(node)] = (
            MOST_VALUES  # while it is counted: who finds it then has found it in itself
        )
        inner = node.values() if isinstance(node, dict) else node
        counted[id(node)] = 1 + sum(_check_aliases(value, counted) for value in inner)
    if counted[id(node)] >= MOST_VALUES:
        raise ValueError(f"its aliases (`*name`) stand for more than {MOST_VALUES} values")
    return counted[id(node)]


def _address_and_text(
    raw: Any, detail: ErrorDetails, models: dict[int, type[Strict]]
) -> tuple[str, str]:
    """Where in the YAML, as a person writes it, and what is wrong there."""
    path, here, parent = "", raw, raw
    for step in detail["loc"]:
        if isinstance(here, list) and isinstance(step, int) and step < len(here):
            path, parent, here = f"{path}[{step}]", here, here[step]
        elif isinstance(here, dict) and step in here:
            path, parent, here = f"{path}.{step}", here, here[step]
        elif step == detail["loc"][-1] and detail["type"] == "missing":
            path, parent = f"{path}.{step}", here
        # else: a tag that pydantic adds for the branch of a union; the file does not have it
    text = detail["msg"].removeprefix("Value error, ")
    if detail["type"] == "extra_forbidden":
        model = models.get(id(parent))
        text = f"unknown key{did_you_mean(str(detail['loc'][-1]), model.known_keys() if model else [])}"
    elif detail["type"] == "missing":
        text = "is required"
    elif detail["type"] == "string_pattern_mismatch":
        allowed = str(detail.get("ctx", {}).get("pattern", ""))
        text = f"{detail['input']!r} is not a name here: {_PATTERNS.get(allowed, allowed)}"
    elif detail["type"] == "union_tag_invalid":
        context = detail.get("ctx", {})
        known = [word.strip("' ") for word in str(context.get("expected_tags", "")).split(",")]
        tag = str(context.get("tag"))
        path, text = f"{path}.kind", f"unknown kind {tag!r}{did_you_mean(tag, known)}"
    return path.removeprefix("."), text
