"""The parent of every YAML model: unknown keys refused, and a hint at what was meant."""

import difflib
from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationInfo, model_validator

from core.text.phrase import Phrase


class Strict(BaseModel):
    """Refuses unknown keys; remembers which mapping became which model, for suggestions."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, populate_by_name=True, allow_inf_nan=False
    )

    @model_validator(mode="before")
    @classmethod
    def _remember_model(cls, raw: Any, info: ValidationInfo) -> Any:
        if not isinstance(raw, dict):
            return raw
        if isinstance(info.context, dict):
            info.context[id(raw)] = cls
        return cls._prepared(raw)

    @classmethod
    def _prepared(cls, raw: dict[Any, Any]) -> dict[Any, Any]:
        """The mapping as its fields are to be read from it; a model whose keys are not all fields overrides it."""
        return raw

    @classmethod
    def known_keys(cls) -> list[str]:
        """The keys a person may write."""
        return [field.alias or name for name, field in cls.model_fields.items()]


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """` (did you mean 'x'?)`, or nothing when nothing is near."""
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return Phrase(" (did you mean {word!r}?)", word=near[0]) if near else ""
