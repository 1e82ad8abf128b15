"""The dates that charts write are those that everything else writes."""

import json
import shutil
import subprocess
from datetime import date, timedelta

import pytest

from core.time.calendars import parts_of
from dashboard.components.chart.drawing import FOLDER

BEGIN = date(1970, 1, 1)
SCRIPT = """
import { dateOf, monthBegin } from "file://%s/browser/calendar.js";
const days = [];
for (let day = 0; day <= 25700; day += 1) {
  const { year, month, day: number } = dateOf(day * 86400000 + 3600000, process.argv[1]);
  days.push([year, month + 1, number, monthBegin(year * 12 + month, process.argv[1]) / 86400000]);
}
console.log(JSON.stringify(days));
"""


@pytest.mark.parametrize("calendar", ["gregorian", "solar"])
def test_each_day_of_seventy_years_is_the_same_in_a_browser_and_here(calendar: str) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("needs node")
    command = [node, "--input-type=module", "-e", SCRIPT % FOLDER, calendar]
    answer = subprocess.run(command, capture_output=True, check=True, text=True)
    for number, (*shown, begin) in enumerate(json.loads(answer.stdout)):
        day = BEGIN + timedelta(days=number)
        own = parts_of(day, "solar" if calendar == "solar" else "gregorian")
        assert tuple(shown) == own, day
        assert begin == number - own[2] + 1, day
