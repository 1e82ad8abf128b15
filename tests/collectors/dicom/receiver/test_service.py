"""Who may connect, and whose an object is that names nobody."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from collectors.dicom.common.identity import titles_of
from collectors.dicom.receiver import pdu
from collectors.dicom.receiver.command import C_STORE, Command, Outcome
from collectors.dicom.receiver.commit import Extract, GroupCommit
from collectors.dicom.receiver.connection import PeerTitles
from collectors.dicom.receiver.incoming import IncomingDataset
from collectors.dicom.receiver.read_object import ObjectReader
from collectors.dicom.receiver.service import ReceivingService
from collectors.dicom.receiver.steps import StepBook
from core.schema.sources.dicom import DicomSource
from storage.examinations.entries import Entry
from storage.examinations.ledger import Ledger
from storage.examinations.uid_hash import UidHasher
from tests.collectors.dicom.receiver.cast import PROFILE, T0, centre, scanner
from tests.collectors.dicom.receiver.listening import MemorySink
from tests.support.dicom_objects import CT, EXPLICIT, ct_slice, encoded


class _Committed(GroupCommit):
    """Stores nothing, and keeps what it was given."""

    def __init__(self, ledger: Ledger) -> None:
        super().__init__(ledger, MemorySink())
        self.entries: list[Entry] = []

    async def store(self, extract: Extract) -> None:
        self.entries += extract.entries


@pytest.fixture
def commit(tmp_path: Path) -> Iterator[_Committed]:
    ledger = Ledger(tmp_path / "examinations.db")
    yield _Committed(ledger)
    ledger.close()


def _service(folder: Path, commit: _Committed) -> ReceivingService:
    site = centre(folder, listen={"port": 11112})
    echo = DicomSource.model_validate(
        {"kind": "dicom", "host": "192.0.2.7", "ae_title": "XA_STORE"}
    )
    site.devices["xa-1"] = replace(scanner("xa-1"), sources=(echo,))
    server = PROFILE.model_copy(update={"group": "infrastructure"})
    site.devices["viewer"] = replace(scanner("viewer", title="VIEWER"), profile=server)
    hasher = UidHasher(folder / "key")
    reader = ObjectReader(hasher, site.zone, dict[str, str]().get)
    steps = StepBook(hasher, site.zone)
    return ReceivingService(site, reader, steps, commit, lambda: T0 + 1000, None)


async def _store(service: ReceivingService, calling: str) -> Outcome:
    dataset = IncomingDataset(EXPLICIT)
    unnamed = ct_slice(StationName="", DeviceSerialNumber="")
    dataset.add(memoryview(encoded(unnamed)))
    command = Command(C_STORE, 1, CT, "1.2.3", has_dataset=True)
    return await service.perform(command, dataset, PeerTitles(calling, "SCANWARD"))


@pytest.mark.parametrize(
    ("calling", "called", "rejection"),
    [
        ("CT1", "SCANWARD", None),
        ("XA_STORE", "SCANWARD", None),  # the title by which it is asked is its own
        ("ct1", "SCANWARD", pdu.UNKNOWN_CALLING),  # small and capital letters are two things
        ("", "SCANWARD", pdu.UNKNOWN_CALLING),
        ("CT1", "scanward", pdu.UNKNOWN_CALLED),
        ("CT1", "ANY-SCP", pdu.UNKNOWN_CALLED),
    ],
)
def test_who_calls_us_and_itself_by_a_known_title_may_connect(
    calling: str, called: str, rejection: pdu.Rejection | None, tmp_path: Path, commit: _Committed
) -> None:
    service = _service(tmp_path, commit)
    assert service.rejection(PeerTitles(calling, called)) == rejection
    assert bool(service.refused.summary) is (rejection is not None)


def test_what_names_nobody_is_its_senders_unless_that_forwards(
    tmp_path: Path, commit: _Committed
) -> None:
    service = _service(tmp_path, commit)
    for calling in ("CT1", "XA_STORE", "VIEWER", "UNKNOWN"):
        assert asyncio.run(_store(service, calling)).status == 0
    assert {entry.device for entry in commit.entries} == {"ct-1", "xa-1"}
    assert service.strangers.summary == (
        "objects of no device of this site: AE title VIEWER (1), AE title UNKNOWN (1)"
    )


def test_a_device_that_is_asked_and_sends_by_one_title_has_it_once() -> None:
    echo = DicomSource.model_validate({"kind": "dicom", "host": "192.0.2.7", "ae_title": "CT1"})
    assert titles_of(replace(scanner("ct-1", title="CT1"), sources=(echo,))) == ["CT1"]


def test_a_flood_of_names_is_counted_together(tmp_path: Path, commit: _Committed) -> None:
    service = _service(tmp_path, commit)
    for number in range(1000):
        service.rejection(PeerTitles(f"EVIL{number}", "SCANWARD"))
    assert "others (800)" in service.refused.summary
