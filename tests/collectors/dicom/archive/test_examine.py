"""What the doctor says of a PACS."""

import asyncio
import re
from pathlib import Path

import pytest

from collectors.dicom.archive import examine
from collectors.dicom.archive.source import sources
from core.finding import Finding
from tests.collectors.dicom.archive.house import FIRST, NOW, PacsHouse
from tests.collectors.dicom.archive.made_objects import MadeSeries
from tests.collectors.dicom.archive.test_web import WebPacs, listening
from tests.support.ports import free_port

pytestmark = pytest.mark.servers


def examined(house: PacsHouse) -> list[Finding]:
    return asyncio.run(examine(house.site, lambda: NOW, ()))


def test_it_names_whose_images_there_are_and_whose_are_nobodys(tmp_path: Path) -> None:
    began = FIRST.replace(tzinfo=None, day=5, hour=9)
    made = [MadeSeries("ct-1", n, 1, began, 3) for n in range(3)]
    made.append(MadeSeries("mr-1", 9, 1, began, 1))
    with listening(WebPacs(made), tmp_path) as house:
        stranger = house.site.devices["mr-1"].dicom.station_names
        stranger.clear()
        [good, warning] = examined(house)
    assert (good.outcome, good.text) == ("ok", "answers: 4 series of late, of ct-1")
    assert warning.outcome == "warning"
    assert warning.text == (
        "images of nobody in the site file: station MRC (1 series); write whose they are under"
        " `dicom` or `serial` of the device"
    )
    assert not (tmp_path / "var").exists()  # nothing is stored, not even a key


@pytest.mark.parametrize(
    ("pacs", "word"),
    [
        (WebPacs([], status=401), "wants another user and password, or a token"),
        (WebPacs([], body=b"<html>"), "answers with a web page: check `url`"),
    ],
)
def test_what_is_wrong_is_said_in_words(tmp_path: Path, pacs: WebPacs, word: str) -> None:
    with listening(pacs, tmp_path) as house:
        [finding] = examined(house)
    assert finding.outcome == "failed"
    assert word in finding.text


def test_nobody_there(tmp_path: Path) -> None:
    entry = f"via: find, host: 127.0.0.1, port: {free_port()}, ae_title: PACS"
    [finding] = examined(PacsHouse(tmp_path, entry))
    assert finding.outcome == "failed"
    assert "nothing listens on" in finding.text


def test_the_loop_says_whether_it_is_up(tmp_path: Path) -> None:
    pacs = WebPacs([MadeSeries("ct-1", 1, 1, FIRST.replace(tzinfo=None, hour=9), 1)])
    with listening(pacs, tmp_path) as house:
        [loop] = sources(house.site, house.store, lambda: NOW)
        asyncio.run(loop.once())
        assert loop.last_error == ""
        pacs.status = 500
        asyncio.run(loop.once())
        assert "answers with the status 500" in loop.last_error
    ups = [value for (device, metric, _), value in house.store.readings.items() if metric == "up"]
    assert ups == [1.0]  # the second at the same moment counts no more


@pytest.mark.parametrize(
    ("port", "outcome", "word"),
    [("", "ok", "DICOMweb has 1 series of today"), ("free", "failed", "nothing listens at")],
)
def test_where_headers_are_to_be_read_is_asked_too(
    tmp_path: Path, port: str, outcome: str, word: str
) -> None:
    def change(text: str) -> str:
        wado = f"http://127.0.0.1:{free_port()}/web" if port else r"\1"
        return re.sub(r"url: '([^']+)'", rf"url: '\1', wado_url: '{wado}'", text)

    pacs = WebPacs([MadeSeries("ct-1", 1, 1, FIRST.replace(tzinfo=None, day=5, hour=9), 1)])
    with listening(pacs, tmp_path, change=change) as house:
        *_, finding = examined(house)
    assert (finding.outcome, word in finding.text) == (outcome, True)
