"""Models that are told apart by their `kind`, and imported when a file first names one."""

from collections.abc import Callable, Collection
from importlib import import_module
from typing import TypeVar

from pydantic import ValidationInfo
from pydantic_core import PydanticKnownError

from core.schema.strict_model import Strict

Model = TypeVar("Model", bound=Strict)


def class_named(place: str) -> type:
    """The class that `module:class` names."""
    module, _, name = place.partition(":")
    named = getattr(import_module(module), name)
    assert isinstance(named, type)
    return named


def read_by_kind(
    raw: object,
    info: ValidationInfo,
    model_of: Callable[[str], type[Model]],
    kinds: Collection[str],
    default: str = "None",
) -> Model:
    """The entry that `raw` is, read into the model of its `kind`; `default` stands where it names none.

    PydanticKnownError with every kind that there is if it names another.
    """
    kind = str(raw.get("kind", default)) if isinstance(raw, dict) else default
    if kind not in kinds:
        known = ", ".join(f"'{name}'" for name in kinds)
        context = {"discriminator": "kind", "tag": kind, "expected_tags": known}
        raise PydanticKnownError("union_tag_invalid", context)
    return model_of(kind).model_validate(raw, context=info.context)
