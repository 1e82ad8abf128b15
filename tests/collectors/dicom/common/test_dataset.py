"""The reader that only sees what is on the allow-list, in every transfer syntax, of whatever comes."""

import random
import time
import zlib

import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from collectors.dicom.common.dataset import (
    Attributes,
    DatasetError,
    header_bytes,
    read_dataset,
)
from tests.support.dicom_objects import (
    BIG_ENDIAN,
    DEFLATED,
    EXPLICIT,
    IMPLICIT,
    CtEvent,
    Patient,
    ct_report,
    ct_slice,
    encoded,
)

SYNTAXES = (IMPLICIT, EXPLICIT, DEFLATED, BIG_ENDIAN)


def _slice_with_everything() -> Dataset:
    dataset = ct_slice(12.5, ExposureTime="500\\501")
    # Of one length always: what is cut off exactly between two elements looks whole.
    for number, keyword in enumerate(("SOPInstanceUID", "StudyInstanceUID", "SeriesInstanceUID")):
        setattr(dataset, keyword, f"1.2.826.0.1.3680043.8.498.{number}")
    dataset.add_new(0x00091001, "LO", "Fatima of a private group")
    dataset.private_block(0x0029, "MAKER", create=True).add_new(1, "UN", b"\0" * 32)
    dataset.ReferencedImageSequence = Sequence([Dataset(), Dataset()])
    dataset.PixelData = b"\1\2" * 5000
    dataset["PixelData"].VR = "OW"
    return dataset


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_the_same_attributes_come_out_of_every_transfer_syntax(syntax: str) -> None:
    attributes = read_dataset(encoded(_slice_with_everything(), syntax), syntax)
    assert attributes.text("Modality") == "CT"
    assert attributes.texts("SoftwareVersions") == ["VA40A", "SL12"]
    assert attributes.numbers("ExposureTime") == [500, 501]
    assert attributes.number("SpiralPitchFactor") == 1.0
    assert attributes.numbers("ImagePositionPatient") == [0, 0, 12.5]
    assert attributes.count("ReferencedImageSequence") == 2


@pytest.mark.parametrize("syntax", SYNTAXES)
@pytest.mark.parametrize("is_undefined", [False, True])
def test_sequences_are_read_whether_their_length_is_stated_or_not(
    syntax: str, is_undefined: bool
) -> None:
    report = ct_report([CtEvent("1.2.3")])
    _set_undefined(report, is_undefined=is_undefined)
    attributes = read_dataset(encoded(report, syntax), syntax)
    concepts = [
        item.item("ConceptNameCodeSequence").text("CodeValue")
        for item in attributes.items("ContentSequence")
    ]
    assert concepts == ["121013", "121016", "113870", "121106", "113811", "113819"]


def _set_undefined(dataset: Dataset, *, is_undefined: bool) -> None:
    for element in dataset:
        if element.VR == "SQ":
            element.is_undefined_length = is_undefined
            for item in element.value:
                item.is_undefined_length_sequence_item = is_undefined
                _set_undefined(item, is_undefined=is_undefined)


def test_a_sequence_of_unknown_vr_is_passed_over_however_it_is_written() -> None:
    """As a peer writes a private sequence that it does not know (CP-246), and as some get it wrong."""
    item = b"\xfe\xff\x00\xe0\xff\xff\xff\xff"
    ends = b"\xfe\xff\x0d\xe0\x00\x00\x00\x00\xfe\xff\xdd\xe0\x00\x00\x00\x00"
    implicit = b"\x09\x00\x02\x10\x04\x00\x00\x00ABCD"
    explicit = b"\x09\x00\x02\x10LO\x04\x00ABCD"
    modality = b"\x08\x00\x60\x00CS\x02\x00CT"
    station = b"\x08\x00\x10\x10SH\x04\x00CT99"
    for content in (implicit, explicit):
        unknown = b"\x08\x00\x40\x10UN\x00\x00\xff\xff\xff\xff" + item + content + ends
        attributes = read_dataset(
            modality + station + unknown + b"\x18\x00\x60\x00DS\x04\x00120 ", EXPLICIT
        )
        assert (attributes.text("Modality"), attributes.number("KVP")) == ("CT", 120)


@pytest.mark.parametrize(
    ("charset", "codec", "name"),
    [
        ("ISO_IR 192", "utf-8", "هرات ۱"),
        ("ISO_IR 144", "iso8859_5", "КТ-1"),
        ("ISO_IR 100", "latin-1", "Müller"),
        ("", "latin-1", "Müller"),  # not said, and not ASCII: wrong, and seen
        ("\\ISO 2022 IR 144", "iso8859_5", "КТ-1"),
        ("ISO_IR 999", "latin-1", "Müller"),
    ],
)
def test_a_station_name_is_read_in_its_own_script(charset: str, codec: str, name: str) -> None:
    raw = name.encode(codec)
    raw += b" " * (len(raw) % 2)
    stated = charset.encode()
    stated += b" " * (len(stated) % 2)
    data = b"\x08\x00\x05\x00CS" + len(stated).to_bytes(2, "little") + stated
    data += b"\x08\x00\x10\x10SH" + len(raw).to_bytes(2, "little") + raw
    assert read_dataset(data, EXPLICIT).text("StationName") == name


def test_what_is_not_allowed_cannot_be_asked_for() -> None:
    attributes = read_dataset(encoded(ct_slice()), EXPLICIT)
    for keyword in ("PatientName", "PatientID", "AccessionNumber", "InstitutionName"):
        with pytest.raises(KeyError):
            attributes.text(keyword) if keyword != "PatientID" else _refuse(attributes)


def _refuse(attributes: Attributes) -> None:
    """Without phantoms in the site file the PatientID is not there to be compared."""
    assert attributes.text("PatientID") == ""
    raise KeyError


def test_a_patient_id_is_there_only_where_the_site_names_phantoms() -> None:
    data = encoded(ct_slice())
    assert read_dataset(data, EXPLICIT, with_phantoms=True).text("PatientID") == "PID-4711"


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_a_dataset_that_ends_early_is_refused_unless_only_its_pixels_are_missing(
    syntax: str,
) -> None:
    data = encoded(_slice_with_everything(), syntax)
    for end in (9, 50, 200, 300):
        if syntax != DEFLATED:
            with pytest.raises(DatasetError):
                read_dataset(data[:end], syntax)
    if syntax != DEFLATED:
        assert read_dataset(data[:-4000], syntax).text("Modality") == "CT"


@pytest.mark.parametrize("syntax", [IMPLICIT, EXPLICIT, BIG_ENDIAN])
def test_where_the_pixels_begin_is_known_once_they_have_begun(syntax: str) -> None:
    data = encoded(_slice_with_everything(), syntax)
    start = header_bytes(data, syntax)
    assert start is not None
    assert len(data) - 10_020 < start < len(data) - 10_000
    assert header_bytes(data[: start + 12], syntax) == start
    assert header_bytes(data[: start - 1], syntax) is None


def test_a_deflated_bomb_and_nested_sequences_without_end_are_refused_soon() -> None:
    bomb = zlib.compressobj(9, wbits=-zlib.MAX_WBITS)
    data = bomb.compress(b"\0" * (1 << 28)) + bomb.flush()
    began = time.process_time()
    with pytest.raises(DatasetError):
        read_dataset(data, DEFLATED)
    nested = (
        b"\x08\x00\x40\x11SQ\x00\x00\xff\xff\xff\xff" + b"\xfe\xff\x00\xe0\xff\xff\xff\xff"
    ) * 5000
    with pytest.raises(DatasetError, match="nested"):
        read_dataset(nested, EXPLICIT)
    unknown = (
        b"\x08\x00\x40\x11UN\x00\x00\xff\xff\xff\xff" + b"\xfe\xff\x00\xe0\xff\xff\xff\xff"
    ) * 5000
    with pytest.raises(DatasetError):
        read_dataset(unknown, EXPLICIT)
    assert time.process_time() - began < 20


def test_nothing_that_comes_over_the_line_raises_anything_else() -> None:
    seed = random.Random(16)
    whole = encoded(ct_report([CtEvent("1.2.3")], patient=Patient("Кузнецов^Иван", "7")))
    for _ in range(600):
        data = bytearray(whole)
        for _ in range(seed.randrange(1, 8)):
            data[seed.randrange(len(data))] = seed.randrange(256)
        del data[seed.randrange(len(data)) :: seed.randrange(200, 5000)]
        syntax = seed.choice(SYNTAXES)
        try:
            _walk(read_dataset(data, syntax))
        except DatasetError as error:
            assert "Кузнецов" not in str(error)  # noqa: PT017  it may also be read


def _walk(attributes: Attributes) -> None:
    attributes.number("KVP")
    for item in attributes.items("ContentSequence"):
        item.texts("TextValue")
        _walk(item)
