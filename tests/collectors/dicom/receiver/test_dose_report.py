"""Dose reports: what each irradiation event is worth, in the units that it says."""

from collections.abc import Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset

from collectors.dicom.common.dataset import read_dataset
from collectors.dicom.receiver.dose_report import DoseReport, read_dose_report, report_device
from storage.examinations.uid_hash import UidHasher
from tests.support.dicom_objects import (
    EXPLICIT,
    CtEvent,
    Tube,
    code_item,
    container,
    ct_report,
    encoded,
    moment,
    number,
    report,
    uid,
)

KABUL = ZoneInfo("Asia/Kabul")
T0 = 1_772_359_200_000  # 2026-03-01T10:00:00Z, 14:30 in Herat
SAMPLES = Path("/work/shared/data/dicom")


@pytest.fixture
def hasher(tmp_path: Path) -> UidHasher:
    return UidHasher(tmp_path / "dicom-uid.key")


def _read(dataset: Dataset, hasher: UidHasher) -> DoseReport:
    return read_dose_report(read_dataset(encoded(dataset), EXPLICIT), "ct-1", hasher, T0, KABUL)


def _sample(name: str, hasher: UidHasher) -> DoseReport:
    path = SAMPLES / name
    if not path.exists():
        pytest.skip(f"{path} is not here: see ../shared/data/dicom")
    dataset = dcmread(path)
    del dataset.file_meta
    return _read(dataset, hasher)


def test_a_ct_event_is_kv_times_ma_times_s_of_all_its_tubes(hasher: UidHasher) -> None:
    events = [
        CtEvent("1.1", (5.0, "s"), (Tube(120, 200),), (10, "mGy"), (300, "mGy.cm")),
        CtEvent("1.2", (480, "ms"), (Tube(100, 400), Tube(140, 300)), (0.02, "Gy"), (80, "mGycm")),
    ]
    first, second = _read(ct_report(events), hasher).exposures
    assert (first.scan_s, first.tube_load_kj) == (5.0, 120.0)
    assert (first.ctdi_vol_mgy, first.dlp_mgy_cm) == (10, 300)
    assert second.scan_s == 0.48
    assert second.tube_load_kj == pytest.approx(39.36)
    assert (second.ctdi_vol_mgy, second.dlp_mgy_cm) == (20, 80)
    assert {first.witness, second.witness} == {"report"}


def test_the_same_event_is_the_same_entry_in_a_later_and_longer_report(hasher: UidHasher) -> None:
    early = _read(ct_report([CtEvent("1.1")], study="1.9"), hasher).exposures
    again = _read(ct_report([CtEvent("1.1"), CtEvent("1.2")], study="1.9"), hasher).exposures
    assert again[:1] == early
    assert len({exposure.event for exposure in again}) == 2


def _projection(*items: Dataset, event: str = "2.1") -> Dataset:
    return container("113706", uid("113769", event), *items)


@pytest.mark.parametrize(
    ("items", "scan_s", "load_kj"),
    [
        # mAs are preferred: the mean current of pulsed fluoroscopy is rounded
        ([("113733", 70, "kV"), ("113736", 20000, "uA.s"), ("113734", 99, "mA"), ("113824", 7000, "ms")], 7.0, 1.4),
        ([("113733", 70, "kV"), ("113736", 20, "mA.s"), ("113824", 7, "s")], 7.0, 1.4),
        ([("113733", 70, "kV"), ("113767", 3, "mA"), ("113824", 7000, "ms")], 7.0, 1.47),
        ([("113733", 70, "kV"), ("113734", 3, "mA"), ("113742", 7, "s")], 7.0, 1.47),
        ([("113733", 70, "kV"), ("113734", 3, "mA")], None, None),  # no time: a gap, not a guess
        ([("113736", 20, "mA.s"), ("113824", 7, "s")], 7.0, None),  # no kV
        ([("113733", 70, "kV"), ("113736", 20, "R"), ("113824", 7, "min")], 420.0, None),  # no unit of charge
        ([("113733", 70, "kV"), ("113736", -20, "mA.s")], None, None),
    ],
)  # fmt: skip
def test_projection_is_counted_by_charge_or_by_current_and_time(
    items: Sequence[tuple[str, float, str]],
    scan_s: float | None,
    load_kj: float | None,
    hasher: UidHasher,
) -> None:
    [exposure] = _read(report([_projection(*(number(*item) for item in items))]), hasher).exposures
    assert exposure.scan_s == scan_s
    assert exposure.tube_load_kj == (None if load_kj is None else pytest.approx(load_kj))


def test_pulses_that_are_listed_count_each_with_its_own_kv(hasher: UidHasher) -> None:
    event = _projection(
        number("113733", 70, "kV", 80),
        number("113736", 1000, "uAs", 2000),
        number("113824", 9, "ms"),
    )
    [exposure] = _read(report([event]), hasher).exposures
    assert exposure.tube_load_kj == pytest.approx((70 * 1 + 80 * 2) / 1000)


def test_two_planes_that_share_a_uid_are_two_events(hasher: UidHasher) -> None:
    planes = [
        _projection(code_item("113764", plane), number("122130", 2.2, "dGy.cm2"))
        for plane in ("113620", "113621")
    ]
    exposures = _read(report(planes), hasher).exposures
    assert len({exposure.event for exposure in exposures}) == 2
    assert [exposure.dap_gy_cm2 for exposure in exposures] == [0.22, 0.22]


def test_an_event_is_at_its_own_time_else_at_the_reports(hasher: UidHasher) -> None:
    timed = _projection(moment("111526", "20260301150000"), event="2.1")
    exposures = _read(
        report([moment("113809", "20260301144500"), timed, _projection(event="2.2")]), hasher
    ).exposures
    assert [exposure.at - T0 for exposure in exposures] == [30 * 60_000, 15 * 60_000]
    [unsaid] = _read(report([_projection(event="2.3")]), hasher).exposures
    assert unsaid.at == T0


def test_concepts_are_known_by_their_code_and_scheme_never_by_their_words(
    hasher: UidHasher,
) -> None:
    """A site in Dari, a maker's typing error, and a private scheme that has the same number."""
    named = number("113733", 70, "kV")
    named.ConceptNameCodeSequence[0].CodeMeaning = "ولتاژ"
    private = number("113736", 9999, "mA.s")
    private.ConceptNameCodeSequence[0].CodingSchemeDesignator = "99MAKER"
    [exposure] = _read(
        report([_projection(named, private, number("113736", 20, "mA.s"))]), hasher
    ).exposures
    assert exposure.tube_load_kj == pytest.approx(1.4)


def test_an_unknown_unit_loses_its_value_only_and_is_named(hasher: UidHasher) -> None:
    answer = _read(ct_report([CtEvent("1.1", dlp=(300, "rad.ft"))]), hasher)
    [exposure] = answer.exposures
    assert exposure.dlp_mgy_cm is None
    assert exposure.tube_load_kj == 120.0
    assert any("'rad.ft'" in doubt for doubt in answer.doubts)


def test_where_totals_and_events_disagree_the_events_count_and_it_is_named(
    hasher: UidHasher,
) -> None:
    answer = _read(ct_report([CtEvent("1.1"), CtEvent("1.2")], dlp_total=900), hasher)
    assert sum(exposure.dlp_mgy_cm or 0 for exposure in answer.exposures) == 600
    assert answer.doubts == ["its total DLP is 900 mGy.cm, its events add up to 600"]
    assert _read(ct_report([CtEvent("1.1")], dlp_total=301), hasher).doubts == []  # rounded


def test_an_event_without_a_uid_cannot_be_told_from_itself_and_is_left_out(
    hasher: UidHasher,
) -> None:
    answer = _read(ct_report([CtEvent(""), CtEvent("1.1")]), hasher)
    assert len(answer.exposures) == 1
    assert "1 irradiation events without a UID" in answer.doubts


def test_a_report_without_anything_gives_nothing(hasher: UidHasher) -> None:
    assert _read(report([]), hasher) == ([], [], [])


def test_a_dual_source_ct_of_the_field(hasher: UidHasher) -> None:
    answer = _sample("CT-RDSR-Siemens_Flash-QA-DS.dcm", hasher)
    assert answer.doubts == []
    assert sum(exposure.dlp_mgy_cm or 0 for exposure in answer.exposures) == pytest.approx(
        1590, 0.001
    )
    assert [exposure.scan_s for exposure in answer.exposures] == [
        0.5,
        *[0.48] * 5,
        0.24,
        5.99,
        5.99,
    ]
    loads = [exposure.tube_load_kj for exposure in answer.exposures]
    assert loads[0] == pytest.approx((100 * 399 + 140 * 308) * 0.5 / 1000)
    assert loads[-1] == pytest.approx(120 * (177 + 176) * 5.99 / 1000, rel=1e-5)


def test_a_report_that_was_typed_from_a_screen_has_doses_and_no_load(hasher: UidHasher) -> None:
    answer = _sample("CT-RDSR-ToshibaPixelMed.dcm", hasher)
    assert [exposure.dlp_mgy_cm for exposure in answer.exposures] == [None, 208.5, 141.2]
    assert {exposure.tube_load_kj for exposure in answer.exposures} == {None}


def test_a_fluoroscope_of_the_field(hasher: UidHasher) -> None:
    answer = _sample("RF-RDSR-GE.dcm", hasher)
    assert answer.doubts == []
    assert sum(exposure.dap_gy_cm2 or 0 for exposure in answer.exposures) == pytest.approx(
        2.4126, 1e-3
    )
    first = answer.exposures[0]
    assert (first.scan_s, first.dap_gy_cm2) == (7.333, 0.2206)
    assert first.tube_load_kj == pytest.approx(72.48909760 * 20.91859960938 / 1000, rel=1e-5)


def test_the_machine_is_named_in_the_content_too() -> None:
    own = report_device(read_dataset(encoded(ct_report([])), EXPLICIT))
    assert own == ("91919", "CT99")
