"""Whatever stands in the files, the loader either loads them or raises ConfigError."""

import contextlib
import tempfile
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from core.errors import ConfigError
from core.schema.load import load_profile, load_site
from tests.config.shelf import CONFIG, PATHS, write
from tests.support.examples import examples

SITES = [(CONFIG / f"{name}.yaml").read_text(encoding="utf-8") for name in ("demo", "herat")]
PROFILES = [path.read_text(encoding="utf-8") for path in PATHS]
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.dates(),
    st.text(max_size=20),
    st.sampled_from(
        ["snmp", "mqtt", "ups-rfc1628", "1.3.6.1", "5s", "env:X", "({", "{topic}", "limit"]
    ),
    st.lists(st.integers() | st.text(max_size=5), max_size=3),
    st.dictionaries(st.text(max_size=8) | st.integers() | st.none(), st.integers(), max_size=3),
)


def _load(text: str | bytes, name: str = "site") -> None:
    with tempfile.TemporaryDirectory() as folder, contextlib.suppress(ConfigError):
        if isinstance(text, bytes):
            path = Path(folder) / f"{name}.yaml"
            path.write_bytes(text)
        else:
            path = write(Path(folder), f"{name}.yaml", text)
        if name == "site":
            load_site(path)
        else:
            load_profile(path)


def _places(node: Any) -> list[tuple[Any, Any]]:
    """Every container in a document, with each of its keys or positions."""
    found: list[tuple[Any, Any]] = []
    if isinstance(node, dict):
        keys: list[Any] = list(node)
    elif isinstance(node, list):
        keys = list(range(len(node)))
    else:
        return found
    for key in keys:
        found += [(node, key), *_places(node[key])]
    return found


def _mutate(data: st.DataObject, text: str) -> str:
    document = yaml.safe_load(text)
    for _ in range(data.draw(st.integers(1, 3))):
        places = _places(document)
        if not places:
            break
        node, key = data.draw(st.sampled_from(places))
        if data.draw(st.booleans()):
            node[key] = data.draw(ODD)
        elif isinstance(node, dict):
            node[data.draw(st.text(max_size=8) | st.integers())] = node.pop(key)
        else:
            node.pop(key)
    return yaml.safe_dump(document, allow_unicode=True)


@examples(60)
@given(st.data(), st.sampled_from(SITES))
def test_a_site_with_anything_changed(data: st.DataObject, text: str) -> None:
    _load(_mutate(data, text))


@examples(150)
@given(st.data(), st.sampled_from(PROFILES))
def test_a_profile_with_anything_changed(data: st.DataObject, text: str) -> None:
    _load(_mutate(data, text), "own")


@examples(60)
@given(st.sampled_from(SITES), st.data())
def test_a_site_with_a_piece_of_text_torn_out(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 60)))
    _load(text[:start] + data.draw(st.text(max_size=5)) + text[end:])


@examples(150)
@given(st.binary(max_size=80) | st.text(alphabet="{}[]:,-'\"&*!|>%@`#? \n\tab1<", max_size=40))
def test_any_bytes_at_all(noise: bytes | str) -> None:
    _load(noise if isinstance(noise, bytes) else noise.encode())


SMALL = "id: test\nname: {}\nzone: Asia/Kabul\ndevices: []\n"
FORM = "logfile: {{f: {{record: '{}(?P<at>x)', times: [x], patterns: []}}}}\n"


@pytest.mark.parametrize(
    "odd",
    ["&a [*a]", "!!set {a}", "!!omap [a: 1]", "2026-01-02", "1_000", "{<<: {a: 1}}"],
)
def test_odd_yaml_that_is_refused_with_its_place(odd: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError):
        load_site(write(tmp_path, "site.yaml", SMALL.format(odd)))


@pytest.mark.parametrize(
    "odd",
    ["2026-13-45", "!!bool x", "!!int x", "!!timestamp x", "1" * 5000, "[" * 3000],
    ids=["a date that is none", "bool", "int", "timestamp", "many digits", "many brackets"],
)
def test_odd_yaml_that_pyyaml_cannot_build(odd: str, tmp_path: Path) -> None:
    with contextlib.suppress(ConfigError):
        load_site(write(tmp_path, "site.yaml", SMALL.format(odd)))


@pytest.mark.parametrize("zone", ["Asia", "A" * 300])
def test_a_zone_that_is_a_folder_or_too_long(zone: str, tmp_path: Path) -> None:
    text = SMALL.format("Test").replace("Asia/Kabul", zone)
    with contextlib.suppress(ConfigError):
        load_site(write(tmp_path, "site.yaml", text))


@pytest.mark.parametrize("pattern", ["a{99999999999999999999}", "(" * 3000 + ")" * 3000])
def test_a_pattern_that_the_compiler_gives_up_on(pattern: str, tmp_path: Path) -> None:
    with contextlib.suppress(ConfigError):
        load_profile(write(tmp_path, "own.yaml", FORM.format(pattern)))


def test_an_hour_without_quotes_is_refused_or_right(tmp_path: Path) -> None:
    covered = "covered: {days: [sat], start: 08:00, end: 20:00}"
    text = SMALL.format("Test").replace("[]", f"[{{id: a, name: A, profile: server, {covered}}}]")
    with contextlib.suppress(ConfigError):
        hours = load_site(write(tmp_path, "site.yaml", text)).file.devices[0].covered
        assert hours is not None
        assert hours.end.hour == 20
