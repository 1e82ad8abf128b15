"""What is kept of a plug, and when something new takes its place."""

import json
from pathlib import Path

import pytest

from collectors.plug_use import model as models
from collectors.plug_use.metrics import EXAMINATIONS
from collectors.plug_use.model import Accuracy, PlugModel
from core.time.clock import DAY
from tests.collectors.plug_use.small_plug import DEVICE, small_site


def model(error_pct: float, learned_at: int = 0) -> PlugModel:
    return PlugModel(
        learned_at=learned_at,
        learned_from=DEVICE,
        pace=10_000,
        threshold_w=50,
        weights={EXAMINATIONS: [0.25, 0.5]},
        accuracy={EXAMINATIONS: Accuracy(error_pct=error_pct, days=12)},
    )


def test_what_was_kept_is_read_as_it_was_and_by_a_person(tmp_path: Path) -> None:
    site = small_site(tmp_path)
    models.save(site, DEVICE, model(4.0))
    assert models.load(site, DEVICE) == model(4.0)
    assert json.loads(models.model_path(site, DEVICE).read_text())["threshold_w"] == 50
    assert models.model_path(site, DEVICE).stat().st_mode & 0o027 == 0


@pytest.mark.parametrize(
    ("before", "error_pct", "days_later", "is_doubtful"),
    [
        (4.0, 5.0, 1, False),
        (4.0, 12.0, 1, False),
        (4.0, 14.0, 1, True),  # rather some days never reached the PACS
        (4.0, 14.0, 29, False),  # by now it would have learned from others
        (4.0, 14.0, -400, False),  # the last was learned under a clock that was ahead
        (15.0, 3.0, 1, False),
    ],
)
def test_a_model_that_is_suddenly_bad_does_not_take_the_place_of_a_good_one(
    before: float, error_pct: float, days_later: int, is_doubtful: bool
) -> None:
    learned = model(error_pct, learned_at=days_later * DAY)
    assert models.is_doubtful(learned, model(before)) is is_doubtful
    assert not models.is_doubtful(learned, None)


def test_numbers_that_no_model_has_are_refused(tmp_path: Path) -> None:
    site = small_site(tmp_path)
    models.save(site, DEVICE, model(4.0))
    path = models.model_path(site, DEVICE)
    for old, new in (("0.25", "NaN"), ("0.25", "-1"), ("50", "0"), ("12", "0"), ("{", "[")):
        path.write_text(model(4.0).model_dump_json(indent=1).replace(old, new, 1))
        assert models.load(site, DEVICE) is None
