"""What DICOM tells stands on a device's page in one order, whatever the profile says first."""

import pytest

from dashboard.views.dicom_values import place
from tests.config.shelf import profile

PARTS = ("_dicom", "_dicom-xray", "_dicom-mri")
UNKNOWN = place("no_such_metric")


@pytest.mark.parametrize("part", PARTS)
def test_every_metric_of_the_parts_has_its_place(part: str) -> None:
    metrics = set(profile(part).metrics) - {"up", "response_ms"}
    assert [name for name in metrics if place(name) == UNKNOWN] == []


def test_what_was_done_comes_before_when_and_load_before_the_machine() -> None:
    order = ["examination_count", "first_examination_h", "scan_load_kj", "detector_temp_c"]
    assert sorted(order, key=place) == order
    assert place("detector_temp_c") < UNKNOWN
