"""The page says every setting."""

from pathlib import Path

import pytest

from core.schema.storage import Influx, Storage

ROOT = Path(__file__).parent.parent.parent.parent
PAGE = (ROOT / "storage" / "influx" / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [*Influx.model_fields, "read_from", "influxdb"])
def test_every_setting_is_documented(name: str) -> None:
    assert f"`{name}`" in PAGE or f"`{name}:" in PAGE


@pytest.mark.parametrize(
    ("name", "said"), [("batch", "5000"), ("timeout", "30s"), ("gzip", "true")]
)
def test_defaults_are_the_true_ones(name: str, said: str) -> None:
    default = Influx.model_fields[name].default
    assert {5000: "5000", 30_000: "30s", True: "true"}[default] == said
    assert f"| `{name}` | {said} |" in PAGE


def test_the_settings_it_speaks_of_exist() -> None:
    assert {"influxdb", "read_from"} <= set(Storage.model_fields)
