"""Every secret that a site file names."""

from collections.abc import Iterator, Mapping

from pydantic import BaseModel

from core.schema.secret import FORMS, Secret


def secrets(model: BaseModel) -> list[tuple[str, Secret]]:
    """Every secret in a site file, with its place there."""
    return [(path.removeprefix("."), value) for path, value in _secrets(model, "")]


def _secrets(value: object, path: str) -> Iterator[tuple[str, Secret]]:
    if isinstance(value, Secret):
        yield path, value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _secrets(getattr(value, name), f"{path}.{name}")
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from _secrets(item, f"{path}[{index}]")
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _secrets(item, f"{path}.{key}")


def written_out(raw: object) -> set[str]:
    """The secrets that stand in a file as they are: SNMP communities, but for the word that everybody knows."""
    if isinstance(raw, list):
        return {word for item in raw for word in written_out(item)}
    if not isinstance(raw, Mapping):
        return set()
    words = {word for item in raw.values() for word in written_out(item)}
    word = raw.get("community")
    if isinstance(word, str) and word not in ("", "public") and not word.startswith(FORMS):
        words.add(word)
    return words
