"""Every log pattern of every profile meets a line that it was written for."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from collectors.logfile.parse import parse
from collectors.logfile.record_times import RecordTimes
from core.readings import Batch
from core.schema.site import Device
from core.schema.sources.logfile import LogMap, LogSource
from core.time.clock import DAY
from tests.config.shelf import DEVICES, profile

KABUL = ZoneInfo("Asia/Kabul")
ARRIVED = 1_772_400_000_000  # 2026-03-01T21:20:00Z


def _block(kind: str, code: str, text: str, date: str = "Sunday, March 01, 2026, 14:05:09") -> str:
    lines = ("Source:CT_PRF", "Domain:CT", f"Type:{kind}", f"ID:{code}", f"Date:{date}", "Text:")
    return "\r\n".join(lines) + text + "\r\n"


def _tab(letter: str, code: str, text: str) -> str:
    return f"{letter}\t2026-03-01\t11:14:43\tCT_PRF\t{code}\t{text}"


SYNGO_TEXTS = [
    (
        "Information",
        "I",
        "4",
        "Free Resources: DB: Local 2827 MB Exchangeboard 758 MB phys MEM: 4095 MB",
    ),
    ("Information", "I", "7", "TubeScanSeconds: 412345 SystemScanSeconds: 512345"),
    ("Warning", "W", "31", "Tube arc detected"),
    ("Warning", "W", "32", "Scan aborted by operator"),
    ("Error", "E", "207", "Connection lost while sending patient DOE^JANE"),
]
SAMPLES = {
    "syngo_xp": [_block(kind, code, text) for kind, _, code, text in SYNGO_TEXTS]
    + [_block("Information", "1", "nothing", "Sunday, March 01, 2026, 02:05:09 PM")],
    "syngo_tab": [_tab(letter, code, text) for _, letter, code, text in SYNGO_TEXTS]
    + ["I\t11:14:43\t2026-03-01\tCT_PRF\t4\tthe variant with the time first"],
    "generic_csv": [
        "2026-03-01 08:15:00;ERROR;E-104;Door open, patient DOE^JANE",
        "2026-03-01 08:16:00;Warning;W-7;Paper low",
        "2026-03-01 08:17:00;INFO;;Ready",
    ],
    "interlocks": [
        "2026-03-01 08:15:00;DOSE-2;field 3 of DOE^JANE",
        "2026-03-01 08:16:00;KFIL",
    ],
    "mrmeas": [
        "2026-03-01 10:30:06.149 MeasCtrlJobController::takeStatusCB: Received MesSer status: started (MSR_STARTED)",
        "Sun Mar 01 10:27:58.487 SBM INFO: -->Patient registered",
        "2026-03-01 10:29:41.557 MesSerCtrl::prepare: ERROR: CMD_PREP failed. MSRStatus='X' NLS status: 0xEE430015",
        "2026/03/01-10:29:41.076226   MesSerCtrlTask  Always   Protocol dump DOE^JANE\n"
        '   sTXSPEC.asNucleusInfo[0].tNucleus = "1H"\n'
        "   sTXSPEC.asNucleusInfo[0].lFrequency = 14895210\n"
        "   sTXSPEC.asNucleusInfo[1].lFrequency = 6000000",
        "2026-03-01 10:31:00.000 Adjust: lFrequency = 14895220",
    ],
    "magnet_monitor_csv": [
        "01-Mar-26, 10:30, 71.4, 2.61, 58.2, 44.1, 4.31, 4.52, 4.21, 3.92, 1",
        "01-Mar-26, 11:30, 71.4, 0.00, 58.2, 44.1, 4.31, 4.52, 4.21, 3.92, 0",
    ],
    "philips_helium_level": ["2026-03-01 10:30:00 63.5"],
    "philips_pressure": ["2026-03-01 10:30:00 100"],
    "philips_compressor": ["2026-03-01 10:30:00 -1"],
    "philips_quench": ["2026-03-01 10:30:00 0", "2026-03-01 10:31:00 1"],
    "philips_room_temperature": ["2026-03-01 10:30:00 20.5"],
    "philips_room_humidity": ["2026-03-01 10:30:00 41"],
    "orthanc": [
        "W0301 16:30:34.576972 11285 main.cpp:632] Orthanc version: 1.12.4",
        "W0301 16:30:34.576972 MAIN main.cpp:1298] Orthanc version: 1.12.4",
        "E0301 14:25:35.143828 main.cpp:309] Store SCP Failed: DIMSE Read PDV failed",
        "E0301 14:25:36.143828 FilesystemStorage.cpp:120] Cannot write to file /data/DOE^JANE",
    ],
    "dcm4chee": [
        "2026-03-01 17:49:12,796 INFO [org.dcm4che3.net.Association] (EE-6) DCM4CHEE<-MR(4) >> A-ABORT",
        "2026-03-01 17:49:13,796 ERROR [org.dcm4chee.arc.store.impl.StoreServiceImpl] (EE-6) DOE^JANE\n"
        "java.io.IOException: No space left on device\n\tat java.base/sun.nio.ch.FileDispatcherImpl",
    ],
}


def _read(name: str, form: str, record: str) -> Batch:
    device = Device("x-1", "X", "", "", name, profile(name), (), ())
    source = LogSource(kind="logfile", path=Path("x.log"), format=form)
    times = RecordTimes(source.format_of(device.profile).times, KABUL)
    return parse(device, source, record.splitlines(), times, ARRIVED)


FORMS = [(name, form) for name in DEVICES for form in LogMap.of(profile(name)).formats]


@pytest.mark.parametrize(("name", "form"), FORMS)
def test_every_pattern_finds_what_it_was_written_for(name: str, form: str) -> None:
    wanted = {
        pattern.event or pattern.metric
        for pattern in LogMap.of(profile(name)).formats[form].patterns
    }
    found: set[str | None] = set()
    for record in SAMPLES[form]:
        batch = _read(name, form, record)
        found |= {reading.metric for reading in batch.readings}
        found |= {event.kind for event in batch.events}
    assert found == wanted


@pytest.mark.parametrize(("name", "form"), FORMS)
def test_every_time_form_is_read(name: str, form: str) -> None:
    for record in SAMPLES[form]:
        batch = _read(name, form, record)
        stamps = [(reading.at, reading.quality) for reading in batch.readings]
        stamps += [(event.at, event.quality) for event in batch.events]
        for at, quality in stamps:
            assert quality == "good", record
            assert ARRIVED - DAY < at < ARRIVED, record


@pytest.mark.parametrize(("name", "form"), FORMS)
def test_nothing_of_a_patient_is_kept(name: str, form: str) -> None:
    for record in SAMPLES[form]:
        kept = " ".join(
            f"{event.text} {event.code} {event.component}"
            for event in _read(name, form, record).events
        )
        assert "DOE" not in kept
        assert "Patient" not in kept


@pytest.mark.parametrize(("name", "form"), FORMS)
def test_no_text_of_an_event_takes_an_open_group(name: str, form: str) -> None:
    for pattern in LogMap.of(profile(name)).formats[form].patterns:
        if pattern.event:
            assert "{text}" not in pattern.text + pattern.code + pattern.component


def test_each_column_of_the_magnet_monitor_becomes_its_own_metric() -> None:
    batch = _read("mri-superconducting", "magnet_monitor_csv", SAMPLES["magnet_monitor_csv"][0])
    assert {reading.metric: reading.value for reading in batch.readings} == {
        "helium_level_pct": 71.4,
        "water_flow_gpm": 2.61,
        "shield_temp_k": 44.1,
        "coldhead_temp_k": 4.21,
        "helium_pressure_psi": 3.92,
        "compressor_on": 1.0,
    }


def test_the_frequency_is_that_of_hydrogen() -> None:
    batch = _read("siemens-magnetom-c", "mrmeas", SAMPLES["mrmeas"][3])
    assert [(r.metric, r.value) for r in batch.readings] == [("imaging_frequency_hz", 14895210.0)]


def test_a_syngo_error_keeps_its_code_and_part_only() -> None:
    (event,) = _read("siemens-somatom-sensation-16", "syngo_xp", SAMPLES["syngo_xp"][4]).events
    assert (event.kind, event.text) == ("system_error", "Error 207 from CT_PRF")
    assert (event.severity, event.code, event.component) == ("error", "207", "CT_PRF")


def test_the_siemens_formats_are_the_same_on_ct_and_mri() -> None:
    """They live in two files because the MRI has no tube; what cuts records must not differ."""
    ct, mri = profile("siemens-somatom-sensation-16"), profile("siemens-magnetom-c")
    for form in ("syngo_xp", "syngo_tab"):
        one, other = (
            LogMap.of(p).formats[form].model_dump(exclude={"patterns"}) for p in (ct, mri)
        )
        assert one == other
