"""What a PACS answers of a series, and what comes of it: whose it is, when it was, and what is left out."""

from collections.abc import Mapping
from datetime import datetime

import pytest

from collectors.dicom.archive.parse import IntakeTally, SeriesParser
from collectors.dicom.archive.strangers import UnknownSenders, doubt_event, named
from collectors.dicom.common.identity import DeviceNames
from core.schema.site import Site
from core.time.clock import DAY, HOUR, to_ms
from storage.examinations.entries import OtherSeriesEntry, SeriesEntry
from tests.collectors.dicom.archive.house import KABUL, NOW
from tests.collectors.dicom.small_site import small_site

NAMED = {"StudyInstanceUID": "1.2.3", "SeriesInstanceUID": "1.2.3.4", "StationName": "CTAWP1"}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return small_site(tmp_path_factory.mktemp("site"))


def parsed(
    site: Site, row: Mapping[str, str], tally: IntakeTally | None = None, now: int = NOW
) -> list[SeriesEntry]:
    parser = SeriesParser(DeviceNames(site), {"US": "xr-1"}, str.encode, KABUL)
    entries = parser.entries({**NAMED, **row}, now, 0, tally or IntakeTally())
    return [entry for entry in entries if isinstance(entry, SeriesEntry)]


@pytest.mark.parametrize("modality", ["SR", "PR", "KO", "sr ", "SEG", "RTSTRUCT", "DOC"])
def test_a_series_without_images_of_a_scan_counts_for_its_study_alone(
    site: Site, modality: str
) -> None:
    row = {**NAMED, "SeriesDate": "20260303", "SeriesTime": "100000", "Modality": modality}
    tally = IntakeTally()
    parser = SeriesParser(DeviceNames(site), {}, str.encode, KABUL)
    assert parser.entries(row, NOW, 0, tally) == [
        OtherSeriesEntry("ct-1", b"1.2.3", b"1.2.3.4", at("2026-03-03T10:00"))
    ]
    assert not tally.series  # nor is a workstation that writes reports a scanner nobody knows


@pytest.mark.parametrize("modality", ["CT", "", "OT", "XX", "SR\\CT"])  # codespell:ignore
def test_what_may_be_images_counts(site: Site, modality: str) -> None:
    row = {"SeriesDate": "20260303", "SeriesTime": "100000", "Modality": modality}
    assert len(parsed(site, row)) == 1


def at(text: str) -> int:
    return to_ms(datetime.fromisoformat(text).replace(tzinfo=KABUL))


STUDY = {"StudyDate": "20260303", "StudyTime": "091500"}


@pytest.mark.parametrize(
    ("row", "began"),
    [
        ({"SeriesDate": "20260303", "SeriesTime": "092001.500000"}, "2026-03-03T09:20:01.500"),
        ({"SeriesDate": "2026.03.03", "SeriesTime": "09:20:01"}, "2026-03-03T09:20:01"),  # ACR-NEMA
        ({"SeriesDate": "20260303", "SeriesTime": "0920"}, "2026-03-03T09:20"),
        (
            {"SeriesDate": "20260303", "SeriesTime": "092060"},
            "2026-03-03T09:20:59",
        ),  # a leap second
        ({"SeriesDate": " 20260303 ", "SeriesTime": "092001 "}, "2026-03-03T09:20:01"),
        ({}, "2026-03-03T09:15"),  # its study's
        (
            {
                "PerformedProcedureStepStartDate": "20260303",
                "PerformedProcedureStepStartTime": "091700",
            },
            "2026-03-03T09:17",
        ),
        (
            {"SeriesDate": "20361231", "SeriesTime": "092001"},
            "2026-03-03T09:15",
        ),  # its clock is ahead
        ({"SeriesDate": "19700101", "SeriesTime": "092001"}, "2026-03-03T09:15"),
        ({"SeriesDate": "14041212", "SeriesTime": "092001"}, "2026-03-03T09:15"),  # solar hijri
        ({"SeriesDate": "20261399", "SeriesTime": "092001"}, "2026-03-03T09:15"),
        ({"SeriesDate": "20260303", "SeriesTime": "noon"}, "2026-03-03T09:15"),
    ],
)
def test_a_series_is_when_it_says_or_when_its_study_was(
    site: Site, row: dict[str, str], began: str
) -> None:
    [entry] = parsed(site, {**STUDY, **row})
    assert entry.began_at == at(began)


def test_an_offset_from_utc_goes_before_the_zone_of_the_site(site: Site) -> None:
    own = {"SeriesDate": "20260303", "SeriesTime": "092000", "TimezoneOffsetFromUTC": "+0300"}
    [entry] = parsed(site, own)
    assert entry.began_at == at("2026-03-03T10:50")


@pytest.mark.parametrize(
    ("row", "doubt"),
    [
        ({}, "without a date"),
        ({"StudyDate": "20361231", "StudyTime": "101500"}, "dated in the future"),
        ({"StudyDate": "19700101", "StudyTime": "000000"}, "dated before 1990"),
        ({"StudyDate": "14041212", "StudyTime": "101500"}, "dated before 1990"),
        ({"StudyInstanceUID": " "}, "without a UID"),
    ],
)
def test_what_nobody_can_date_is_left_out_and_counted(
    site: Site, row: dict[str, str], doubt: str
) -> None:
    tally = IntakeTally()
    assert parsed(site, row, tally) == []
    assert tally.doubts == {doubt: 1}
    [event] = doubt_event(tally, "pacs-1", NOW, "pacs")
    assert event.text == f"Series in doubt: 1 {doubt}"


def test_without_an_hour_it_counts_for_its_day_at_noon(site: Site) -> None:
    tally = IntakeTally()
    [entry] = parsed(site, {"StudyDate": "20260303"}, tally)
    assert entry.began_at == at("2026-03-03T12:00")
    assert tally.doubts == {"without an hour": 1}
    [today] = parsed(site, {"StudyDate": "20260303"}, now=at("2026-03-03T08:00"))
    assert today == entry  # asked again at another hour it is the same


@pytest.mark.parametrize(
    ("row", "device"),
    [
        ({"StationName": "ctawp1 "}, "ct-1"),
        ({"StationName": "", "DeviceSerialNumber": "0000022041"}, "ct-1"),
        ({"StationName": "CTAWP1", "PerformedStationAETitle": "MR1"}, "mr-1"),
        ({"StationName": "", "PerformedStationAETitle": "X\\mr1b"}, "mr-1"),
        ({"StationName": "MRC", "DeviceSerialNumber": "22041"}, "ct-1"),  # a console's copied name
        ({"StationName": "MRC", "RemoteAET": "CT99"}, "mr-1"),  # sent on by another
        ({"StationName": "", "RemoteAET": "CT99"}, "ct-1"),
        ({"StationName": "", "PerformedStationAETitle": "ct99"}, "AE title ct99"),
        ({"StationName": "", "Modality": "US"}, "xr-1"),
        ({"StationName": ""}, "no name"),
        ({"StationName": "اتاق\x00" * 40}, "station " + ("?????" * 40)[:64]),
    ],
)
def test_whose_it_is(site: Site, row: dict[str, str], device: str) -> None:
    [entry] = parsed(site, {**STUDY, **row})
    assert entry.device == device


def test_images_are_counted_as_the_pacs_says_and_nonsense_is_none(site: Site) -> None:
    counts = {"512": 512, " 7 ": 7, "3.0": 3, "-4": 0, "many": 0, "1e999": 0, "": 0}
    for text, images in counts.items():
        [entry] = parsed(site, {**STUDY, "NumberOfSeriesRelatedInstances": text})
        assert entry.images == images


def test_the_last_image_says_when_it_ended_unless_it_was_made_before(site: Site) -> None:
    made = {"InstanceCreationDate": "20260303", "InstanceCreationTime": "092500"}
    [entry] = parsed(site, {**STUDY, **made})
    assert entry.ended_at == at("2026-03-03T09:25")
    [entry] = parsed(site, {**STUDY, **made, "InstanceCreationTime": "080000"})
    assert entry.ended_at == entry.began_at


def test_strangers_are_named_once_and_there_is_an_end_to_their_number(site: Site) -> None:
    tally, strangers = IntakeTally(), UnknownSenders(set())
    for number in range(150):
        for entry in parsed(site, {**STUDY, "StationName": f"TYPED{number}"}, tally):
            assert strangers.bounded(entry).device in (entry.device, "many other names")
    assert len(strangers.labels) == 100
    [event] = strangers.news(tally, "pacs-1", NOW, "pacs")
    assert event.text.startswith("Images of nobody in the site file: station TYPED0 (1 series), ")
    assert event.text.endswith(" and 94 more")
    assert list(strangers.news(tally, "pacs-1", NOW + HOUR, "pacs")) == []


def test_the_most_frequent_is_named_first() -> None:
    assert named({"station A": 1, "station B": 12}) == "station B (12 series), station A (1 series)"


def test_what_is_older_than_the_history_is_left_alone(site: Site) -> None:
    parser = SeriesParser(DeviceNames(site), {}, str.encode, KABUL)
    assert parser.entries({**NAMED, **STUDY}, NOW, NOW - DAY, IntakeTally()) == []
