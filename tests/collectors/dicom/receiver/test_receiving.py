"""What scanners send over the line, by peers that are not ours: dcmtk and pynetdicom."""

import subprocess
import threading
from pathlib import Path

import pytest
from pydicom.dataset import Dataset

from core.readings import DOSE_REPORT_DOUBT, SOFTWARE_CHANGED, STEP_ABANDONED
from core.time.clock import DAY, HOUR
from tests.collectors.dicom.receiver.cast import T0
from tests.collectors.dicom.receiver.listening import listening, ready, send, sending, wait_for
from tests.support.certificates import Authority
from tests.support.dicom_objects import (
    BIG_ENDIAN,
    CT,
    DEFLATED,
    DOSE_SR,
    EXPLICIT,
    IMPLICIT,
    MG,
    CtEvent,
    ct_report,
    ct_slice,
    mr_image,
    x_ray_image,
)
from tests.support.dicom_peers import program

pytestmark = pytest.mark.servers

JPEG_LOSSLESS = "1.2.840.10008.1.2.4.70"
SAMPLES = Path("/work/shared/data/dicom")


def test_a_dose_report_is_in_the_ledger_when_it_is_answered_and_counts_once(tmp_path: Path) -> None:
    report = ct_report([CtEvent("1.1"), CtEvent("1.2")])
    longer = ct_report(
        [CtEvent("1.1"), CtEvent("1.2"), CtEvent("1.3")], study=report.StudyInstanceUID
    )
    with listening(tmp_path) as receiver:
        assert send(receiver.port, report) == [0]
        assert len(receiver.exposures()) == 2
        assert send(receiver.port, report, longer, report) == [0, 0, 0]
        exposures = receiver.exposures()
        assert len(exposures) == 3
        assert sum(exposure.tube_load_kj or 0 for exposure in exposures) == 360
        assert {exposure.at for exposure in exposures} == {T0}


def test_what_follows_from_it_is_published(tmp_path: Path) -> None:
    with listening(tmp_path) as receiver:
        send(receiver.port, ct_report([CtEvent("1.1")]))
    # It publishes when it starts, and every half a minute.
    with listening(tmp_path, now=T0 + 2 * HOUR) as receiver:
        wait_for(lambda: bool(receiver.readings("scan_load_kj")))
        [load] = receiver.readings("scan_load_kj")
        assert (load.device, load.value, load.component) == ("ct-1", 120, "dicom")


@pytest.mark.parametrize("syntax", [IMPLICIT, EXPLICIT, DEFLATED, BIG_ENDIAN])
def test_every_transfer_syntax_is_understood(syntax: str, tmp_path: Path) -> None:
    with listening(tmp_path) as receiver:
        statuses = send(receiver.port, ct_report([CtEvent("1.1")]), ct_slice(), syntax=syntax)
        assert statuses == [0, 0]
        assert {exposure.witness for exposure in receiver.exposures()} == {"report", "header"}
        assert {exposure.tube_load_kj for exposure in receiver.exposures()} == {120, 12}
        assert len(receiver.series()) == 1


def test_compressed_pixels_need_no_decoding(tmp_path: Path) -> None:
    image = mr_image(StationName="MR88", DeviceSerialNumber="22041")
    image.PixelData = (
        b"\xfe\xff\x00\xe0\x00\x00\x00\x00\xfe\xff\x00\xe0\x04\x00\x00\x00\xff\xd8\xff\xd9"
    )
    image["PixelData"].VR = "OB"
    image["PixelData"].is_undefined_length = True
    with listening(tmp_path) as receiver:
        assert send(receiver.port, image, syntax=JPEG_LOSSLESS) == [0]
        [frequency] = receiver.readings("imaging_frequency_hz")
        assert (frequency.device, frequency.value, frequency.at) == ("mr-1", 14_903_456, T0)
        assert [r.value for r in receiver.readings("imaging_frequency_resolution_hz")] == [1]


def test_a_series_gives_one_reading_and_its_slices_one_exposure(tmp_path: Path) -> None:
    first = ct_slice(0.0)
    shared = {
        "SeriesInstanceUID": first.SeriesInstanceUID,
        "StudyInstanceUID": first.StudyInstanceUID,
    }
    slices = [first, *(ct_slice(position, **shared) for position in range(5, 201, 5))]
    with listening(tmp_path) as receiver:
        assert set(send(receiver.port, *slices)) == {0}
        [exposure] = receiver.exposures()
        assert (exposure.scan_s, exposure.witness) == (5.5, "header")
        assert exposure.tube_load_kj == pytest.approx(132)
        [series] = receiver.series()
        assert series.images == 41
        [delay] = receiver.readings("image_transfer_delay_s")
        assert delay.value == 60


def test_what_a_mammogram_says_of_its_machine(tmp_path: Path) -> None:
    image = x_ray_image(
        MG,
        "MG",
        StationName="DX77",
        DeviceSerialNumber="",
        DetectorTemperature="32.09",
        CompressionForce="120",
    )
    with listening(tmp_path) as receiver:
        assert send(receiver.port, image, calling="DX1") == [0]
        assert [reading.value for reading in receiver.readings("detector_temp_c")] == [32.09]
        assert [reading.value for reading in receiver.readings("compression_force_n")] == [120]
        assert [exposure.tube_load_kj for exposure in receiver.exposures("dx-1")] == [0.0728]


def test_a_software_change_and_a_doubt_are_events(tmp_path: Path) -> None:
    with listening(tmp_path) as receiver:
        send(receiver.port, ct_slice())
        receiver.now += DAY
        later = {"AcquisitionDate": "20260302", "SeriesDate": "20260302"}
        send(receiver.port, ct_slice(SoftwareVersions="VA44A", **later))
        send(receiver.port, ct_report([CtEvent("1.1")], dlp_total=900))
        assert [event.kind for event in receiver.sink.events] == [
            SOFTWARE_CHANGED,
            DOSE_REPORT_DOUBT,
        ]
        assert {event.device for event in receiver.sink.events} == {"ct-1"}


def test_a_clock_from_1970_or_2036_is_replaced_by_the_arrival(tmp_path: Path) -> None:
    wrong = [
        mr_image(StationName="MR88", DeviceSerialNumber="", AcquisitionDate=day, SeriesDate=day)
        for day in ("19700101", "20360301")
    ]
    with listening(tmp_path) as receiver:
        assert set(send(receiver.port, *wrong)) == {0}
        readings = receiver.readings("imaging_frequency_hz")
        assert {(reading.at, reading.quality) for reading in readings} == {(receiver.now, "clock")}
        assert receiver.readings("image_transfer_delay_s") == []


def test_objects_of_nobody_are_answered_with_success_counted_and_named(tmp_path: Path) -> None:
    image = ct_slice(StationName="ELSEWHERE", DeviceSerialNumber="1")
    with listening(tmp_path, listen={"calling": ["PACS"]}) as receiver:
        assert send(receiver.port, image, calling="PACS") == [0]
        assert receiver.series() == []
        assert "ELSEWHERE" in receiver.source.last_error or "PACS" in receiver.source.last_error


def test_an_object_is_its_machines_whoever_forwards_it_and_the_senders_if_it_names_none(
    tmp_path: Path,
) -> None:
    unnamed = ct_slice(StationName="", DeviceSerialNumber="")
    with listening(tmp_path) as receiver:
        assert send(receiver.port, ct_slice(), unnamed, calling="MR1") == [0, 0]
        assert len(receiver.series("ct-1")) == 1
        assert len(receiver.series("mr-1")) == 1


def test_what_cannot_be_understood_is_refused_with_a_word(tmp_path: Path) -> None:
    with listening(tmp_path) as receiver, sending(receiver.port, [CT]) as association:
        no_study = ct_slice(StudyInstanceUID=None)
        answer = association.send_c_store(ready(no_study, EXPLICIT))
        assert (answer.Status, answer.ErrorComment) == (0xC000, "no StudyInstanceUID")
        answer = association.send_c_store(ready(ct_slice(SeriesInstanceUID=None), EXPLICIT))
        assert (answer.Status, answer.ErrorComment) == (0xC000, "no SeriesInstanceUID")
        assert association.send_c_store(ready(ct_slice(), EXPLICIT)).Status == 0


def test_a_full_disk_is_answered_and_what_is_sent_again_counts_once(tmp_path: Path) -> None:
    with listening(tmp_path) as receiver:
        receiver.sink.refuses = True
        image = ct_slice(SoftwareVersions="VA40A")
        assert send(receiver.port, image) == [0xA700]
        receiver.sink.refuses = False
        assert send(receiver.port, image) == [0]
        assert len(receiver.exposures()) == 1
        assert len(receiver.readings("image_transfer_delay_s")) == 1


def test_twenty_scanners_at_once_lose_nothing(tmp_path: Path) -> None:
    statuses: list[int] = []

    def scan(number: int) -> None:
        slices = [ct_slice(float(n)) for n in range(5)]
        report = ct_report([CtEvent(f"1.{number}.{n}") for n in range(3)])
        statuses.extend(send(receiver.port, *slices, report))

    with listening(tmp_path) as receiver:
        threads = [threading.Thread(target=scan, args=(number,)) for number in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(100)
        assert statuses == [0] * 120
        assert len(receiver.series()) == 100
        reports = [each for each in receiver.exposures() if each.witness == "report"]
        assert len(reports) == 60


def test_dcmtk_sends_what_the_field_sends(tmp_path: Path) -> None:
    storescu = program("storescu", "dcmtk")
    files = [str(path) for path in sorted(SAMPLES.glob("*.dcm")) if "Hologic" not in path.name]
    if not files:
        pytest.skip(f"{SAMPLES} is not here")
    with listening(tmp_path) as receiver:
        words = ["-aet", "CT1", "-aec", "SCANWARD", "127.0.0.1", str(receiver.port), *files]
        subprocess.run([storescu, *words], check=True, timeout=100)
        exposures = receiver.exposures()
        assert len([each for each in exposures if each.witness == "report"]) >= 9


def test_dcmtk_verifies_us_and_is_refused_by_its_title(tmp_path: Path) -> None:
    echoscu = program("echoscu", "dcmtk")
    with listening(tmp_path) as receiver:
        peer = ["127.0.0.1", str(receiver.port)]
        right = [echoscu, "-aet", "CT1", "-aec", "SCANWARD", *peer]
        assert subprocess.run(right, timeout=60).returncode == 0
        for titles in (["-aet", "CT1", "-aec", "OTHER"], ["-aet", "ct1", "-aec", "SCANWARD"]):
            refused = subprocess.run([echoscu, *titles, *peer], timeout=60, capture_output=True)
            assert refused.returncode != 0
        assert "refused to connect: 'CT1', calling 'OTHER' (1)" in receiver.source.last_error


def test_a_class_that_is_not_for_us_is_not_accepted(tmp_path: Path) -> None:
    study_root = "1.2.840.10008.5.1.4.1.2.2.1"
    with listening(tmp_path) as receiver, sending(receiver.port, [study_root, CT]) as association:
        assert [str(each.abstract_syntax) for each in association.accepted_contexts] == [CT]


def test_a_report_of_something_else_is_accepted_and_says_nothing(tmp_path: Path) -> None:
    letter = ct_report([CtEvent("1.1")])
    letter.ConceptNameCodeSequence[0].CodeValue = "121060"
    with listening(tmp_path) as receiver:
        assert send(receiver.port, letter) == [0]
        assert receiver.exposures() == []


def test_a_peer_that_aborts_leaves_nothing_behind(tmp_path: Path) -> None:
    with listening(tmp_path) as receiver:
        with sending(receiver.port, [DOSE_SR]) as association:
            assert (
                association.send_c_store(ready(ct_report([CtEvent("1.1")]), EXPLICIT)).Status == 0
            )
            association.abort()
        assert send(receiver.port, ct_report([CtEvent("1.2")])) == [0]
        assert len(receiver.exposures()) == 2


def _step(state: str, **changes: object) -> Dataset:
    dataset = Dataset()
    dataset.PerformedProcedureStepStatus = state
    for keyword, value in changes.items():
        setattr(dataset, keyword, value)
    return dataset


def test_a_step_is_created_set_and_never_changed_again(tmp_path: Path) -> None:
    mpps = "1.2.840.10008.3.1.2.3.3"
    scheduled = Dataset()
    scheduled.StudyInstanceUID = "1.9"
    begun = _step(
        "IN PROGRESS",
        PerformedStationAETitle="CT1",
        PerformedStationName="CT99",
        PerformedProcedureStepStartDate="20260301",
        PerformedProcedureStepStartTime="143000",
        ScheduledStepAttributesSequence=[scheduled],
        PatientName="Musterfrau^Erika",
    )
    with listening(tmp_path) as receiver, sending(receiver.port, [mpps]) as association:
        assert association.send_n_set(_step("COMPLETED"), mpps, "1.2.3")[0].Status == 0x0112
        assert association.send_n_create(begun, mpps, "1.2.3")[0].Status == 0
        assert association.send_n_create(begun, mpps, "1.2.3")[0].Status == 0x0111
        [step] = receiver.steps()
        assert (step.state, step.began_at) == ("in progress", T0)
        assert association.send_n_set(_step("COMPLETED"), mpps, "1.2.3")[0].Status == 0
        assert association.send_n_set(_step("DISCONTINUED"), mpps, "1.2.3")[0].Status == 0x0110
        [step] = receiver.steps()
        assert (step.state, step.ended_at) == ("completed", receiver.now)


def test_a_step_outlives_a_restart_and_is_abandoned_after_a_day(tmp_path: Path) -> None:
    mpps = "1.2.840.10008.3.1.2.3.3"
    begun = _step("IN PROGRESS", PerformedStationAETitle="CT1")
    with listening(tmp_path) as receiver, sending(receiver.port, [mpps]) as association:
        assert association.send_n_create(begun, mpps, "1.2.3")[0].Status == 0
        assert association.send_n_create(begun, mpps, "1.2.4")[0].Status == 0
    with listening(tmp_path) as receiver, sending(receiver.port, [mpps]) as association:
        assert association.send_n_set(_step("COMPLETED"), mpps, "1.2.3")[0].Status == 0
    with listening(tmp_path, now=T0 + 3 * DAY) as receiver:
        wait_for(lambda: bool(receiver.sink.events))
        [event] = receiver.sink.events
        assert (event.kind, event.device) == (STEP_ABANDONED, "ct-1")
        states = {step.state for step in receiver.steps()}
        assert states == {"completed", "abandoned"}


def test_tls_takes_who_shows_a_certificate_of_the_sites_authority(tmp_path: Path) -> None:
    storescu = program("storescu", "dcmtk")
    authority = Authority(tmp_path / "authority")
    ours, theirs = authority.certify(), authority.certify("ct1")
    stranger = Authority(tmp_path / "elsewhere").certify("ct1")
    tls = {"ca": str(authority.ca), "certificate": str(ours.certificate), "key": str(ours.key)}
    file = tmp_path / "report.dcm"
    report = ready(ct_report([CtEvent("1.1")]), EXPLICIT)
    report.file_meta.MediaStorageSOPClassUID = report.SOPClassUID
    report.file_meta.MediaStorageSOPInstanceUID = report.SOPInstanceUID
    report.save_as(file, enforce_file_format=True)
    with listening(tmp_path, listen={"tls": tls}) as receiver:
        peer = ["-aet", "CT1", "-aec", "SCANWARD", "127.0.0.1", str(receiver.port), str(file)]
        for pair, is_let_in in ((theirs, True), (stranger, False)):
            words = ["+tls", str(pair.key), str(pair.certificate), "+cf", str(authority.ca)]
            ended = subprocess.run([storescu, *words, *peer], timeout=100, capture_output=True)
            assert (ended.returncode == 0) is is_let_in, ended.stderr
        plain = subprocess.run([storescu, *peer], timeout=100, capture_output=True)
        assert plain.returncode != 0
        assert len(receiver.exposures()) == 1
