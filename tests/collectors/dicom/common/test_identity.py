"""Which device a sender is."""

from pathlib import Path

import pytest

from collectors.dicom.common.identity import DeviceNames, SenderNames
from tests.collectors.dicom.small_site import small_site


@pytest.mark.parametrize(
    ("sender", "device"),
    [
        (SenderNames(("CT99",)), "ct-1"),
        (SenderNames(("", "mr1b")), "mr-1"),
        (SenderNames(("MR1B",)), None),  # small and capital letters differ
        (SenderNames(("ECHOED",)), "ct-1"),  # of its source of kind dicom
        (SenderNames((), " ctawp1"), "ct-1"),
        (SenderNames((), "", "22041"), "ct-1"),
        (SenderNames((), "", "00022041 "), "ct-1"),
        (SenderNames(("MR1",), "MRC", "0022-041"), "ct-1"),  # the machine's own number decides
        (SenderNames(("MR1",), "CTAWP1"), "mr-1"),
        (SenderNames((), "", "0"), None),
        (SenderNames(), None),
    ],
)
def test_serial_goes_before_title_and_title_before_station(
    tmp_path: Path, sender: SenderNames, device: str | None
) -> None:
    site = small_site(tmp_path, sources="{kind: dicom, host: 192.0.2.1, ae_title: ECHOED}")
    assert DeviceNames(site).device(sender) == device


def test_a_label_is_no_device_and_bounded() -> None:
    assert SenderNames(("", " CT7 "), "X").label == "AE title CT7"
    assert SenderNames((), "Ahmadi\n" * 40).label == "station " + ("Ahmadi?" * 40)[:64]
    assert SenderNames().label == ""
