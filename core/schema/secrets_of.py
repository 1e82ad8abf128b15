"""Every secret that a site file names."""

from collections.abc import Iterator, Mapping

from pydantic import BaseModel

from core.schema.secret import Secret


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
