"""Values as a bundle writes them."""

import pytest

from core.schema.metric import Metric
from maintenance.bundle.format import quantity


@pytest.mark.parametrize(
    ("metric", "value", "text"),
    [
        (Metric(title="Running since", unit="s"), 22_811_950, "22811950 s (264 d)"),
        (Metric(title="Running since", unit="s"), 90, "90 s"),
        (Metric(title="Scan-seconds", unit="s", kind="counter"), 22_811_950, "22811950 s"),
        (Metric(title="Late by", unit="s"), -500, "-500 s"),
        (Metric(title="Late by", unit="s"), float("nan"), "– s"),
        (Metric(title="Door", kind="state", states={1: "open"}), 1, "open"),
        (Metric(title="Level", unit="%"), None, "–"),
    ],
)
def test_a_value_is_written_as_a_person_reads_it(
    metric: Metric, value: float | None, text: str
) -> None:
    assert quantity(value, metric) == text
