"""Model files: whole or not at all, and never read from where others could have put them."""

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from core.errors import StoreError
from storage.detector_models.store import (
    DamagedModelError,
    ModelCard,
    ModelStore,
    UntrustedModelError,
)
from tests.support.examples import examples

CARD = ModelCard("mri-1", "", "drift", "drift", settings="x", fed_until=7, features=["room"])
STATE = {"mean": 32.5, "days": [{"end": np.arange(3), "name": "gain"}], "model": None}

plain = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
numbers = arrays(np.float64, st.integers(0, 5)) | arrays(
    np.int64, st.tuples(st.integers(0, 3), st.just(2))
)
states = st.dictionaries(
    st.text(),
    st.recursive(
        plain | numbers,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
        max_leaves=8,
    ),
    max_size=4,
)


def same(one: Any, other: Any) -> bool:
    if isinstance(one, np.ndarray):
        return bool(one.dtype == other.dtype and np.array_equal(one, other, equal_nan=True))
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other and type(one) is type(other))


@pytest.fixture
def models(tmp_path: Path) -> ModelStore:
    return ModelStore(tmp_path / "models")


@given(states)
@examples(40)
def test_what_is_kept_comes_back_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, state: dict[str, Any]
) -> None:
    models = ModelStore(tmp_path_factory.mktemp("models"))
    models.save(CARD, state)
    card, found = models.load("mri-1", "", "drift") or pytest.fail("nothing was kept")
    assert card == CARD
    assert same(state, found)


@pytest.mark.parametrize("component", ["", "/data", "C:\\", "..", "a@b", "é" * 300])
def test_any_component_has_a_file_of_its_own_inside_the_folder(
    models: ModelStore, tmp_path: Path, component: str
) -> None:
    card = ModelCard("pacs", component, "disk", "depletion", settings="x", fed_until=7)
    models.save(card, STATE)
    models.save(CARD, STATE)
    assert (models.load("pacs", component, "disk") or pytest.fail("none"))[0] == card
    assert (
        models.path("pacs", component, "disk")
        .resolve()
        .is_relative_to(tmp_path / "models" / "pacs")
    )
    assert len(list(models.cards())) == 2


def test_nobody_else_may_read_or_write_what_is_kept(models: ModelStore) -> None:
    models.save(CARD, STATE)
    path = models.path(*CARD.key)
    assert path.stat().st_mode & 0o077 == 0
    assert path.parent.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("mode", [0o620, 0o602])
def test_a_file_that_others_may_write_is_refused(models: ModelStore, mode: int) -> None:
    models.save(CARD, STATE)
    models.path(*CARD.key).chmod(mode)
    with pytest.raises(UntrustedModelError, match="may be changed by others"):
        models.load(*CARD.key)


def test_a_folder_that_others_may_write_is_refused(models: ModelStore, tmp_path: Path) -> None:
    models.save(CARD, STATE)
    (tmp_path / "models").chmod(0o777)
    with pytest.raises(UntrustedModelError, match="may be changed by others"):
        models.load(*CARD.key)


def test_a_link_to_elsewhere_is_refused(models: ModelStore, tmp_path: Path) -> None:
    models.save(CARD, STATE)
    path = models.path(*CARD.key)
    path.rename(tmp_path / "elsewhere")
    path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UntrustedModelError, match="is a link"):
        models.load(*CARD.key)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_file_of_another_user_is_refused(models: ModelStore) -> None:
    models.save(CARD, STATE)
    os.chown(models.path(*CARD.key), 65534, -1)
    with pytest.raises(UntrustedModelError, match="belongs to another user"):
        models.load(*CARD.key)


@given(st.data())
@examples(60)
def test_any_changed_bit_and_any_cut_is_seen(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    models = ModelStore(tmp_path_factory.mktemp("models"))
    models.save(CARD, STATE)
    path = models.path(*CARD.key)
    content = bytearray(path.read_bytes())
    place = data.draw(st.integers(0, len(content) - 1))
    if data.draw(st.booleans()):
        content[place] ^= 1 << data.draw(st.integers(0, 7))
    else:
        del content[place:]
    path.write_bytes(content)
    with pytest.raises(DamagedModelError):
        models.load(*CARD.key)


def test_a_model_of_another_device_is_not_taken_for_this_one_s(models: ModelStore) -> None:
    models.save(CARD, STATE)
    other = models.path("mri-2", "", "drift")
    other.parent.mkdir(mode=0o700)
    models.path(*CARD.key).rename(other)
    with pytest.raises(DamagedModelError, match="is of mri-1"):
        models.load("mri-2", "", "drift")


def test_python_objects_are_never_kept(models: ModelStore) -> None:
    with pytest.raises(TypeError):
        models.save(CARD, {"x": np.array([object()])})


def test_a_save_that_fails_leaves_the_old_file(
    models: ModelStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    models.save(CARD, STATE)
    before = models.path(*CARD.key).read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("storage.files.atomic.settle", full)
    with pytest.raises(StoreError, match="No space left"):
        models.save(CARD, {"mean": 1.0})
    assert models.path(*CARD.key).read_bytes() == before
    assert not list(models.path(*CARD.key).parent.glob(".*"))
