"""The year, run once for all that is counted of it."""

from collections.abc import Callable, Iterator
from functools import cache

import pytest

from maintenance.kpi.device_history import DeviceHistory, device_histories
from tests.maintenance.cast import House
from tests.support.year.expected_year import END, OFF
from tests.support.year.people import Year

Counted = Callable[[str, tuple[int, int]], DeviceHistory]


@pytest.fixture(scope="package")
def year(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Year]:
    house = House(tmp_path_factory.mktemp("year"))
    year = Year(house, seed=11)
    year.run()
    yield year
    house.close()


@pytest.fixture(scope="package")
def counted(year: Year) -> Counted:
    """What maintenance/kpi/device_history.py says of a device and a period, each asked for once."""

    @cache
    def ask(device: str, period: tuple[int, int]) -> DeviceHistory:
        one = year.house.site.devices[device]
        with year.house.look() as db:
            site, series = year.house.site, year.house.series
            [history] = device_histories(db, site, series, one, [period], [OFF], END)
            return history

    return ask
