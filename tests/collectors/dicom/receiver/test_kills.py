"""What was answered with success is there after a kill; a full disk is answered, not survived by luck."""

import signal
import threading
from pathlib import Path

import pytest

from core.errors import StoreError
from storage.examinations.entries import Entry
from storage.examinations.ledger import Ledger
from tests.collectors.dicom.receiver.collector_process import CollectorProcess, collector
from tests.collectors.dicom.receiver.listening import listening, ready, send, sending, wait_for
from tests.collectors.dicom.receiver.raw_line import connected, stored
from tests.support.dicom_objects import CT, DOSE_SR, EXPLICIT, CtEvent, ct_report, ct_slice, encoded

__all__ = ["collector"]
pytestmark = pytest.mark.servers


def test_a_kill_loses_nothing_that_was_answered(collector: CollectorProcess) -> None:
    answered: list[str] = []

    def report_on_and_on(sender: int) -> None:
        with connected(collector.port, DOSE_SR) as line:
            for number in range(2000):
                event = f"1.{sender}.{number}"
                if not stored(line, encoded(ct_report([CtEvent(event)])), DOSE_SR):
                    return
                answered.append(event)

    threads = [threading.Thread(target=report_on_and_on, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    wait_for(lambda: len(answered) > 60)
    collector.process.send_signal(signal.SIGKILL)
    for thread in threads:
        thread.join(100)
    ledger = Ledger(collector.storage / "examinations.db")
    exposures = ledger.work("ct-1", 0).exposures
    ledger.close()
    assert len(answered) <= len(exposures) <= len(answered) + len(threads)


def test_a_ledger_that_refuses_is_answered_with_out_of_resources(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = Ledger.record
    full = True

    def refuse_while_full(ledger: Ledger, entries: list[Entry]) -> int:
        if full:
            raise StoreError("the disk is full")
        return record(ledger, entries)

    monkeypatch.setattr(Ledger, "record", refuse_while_full)
    with listening(tmp_path) as receiver:
        image = ct_slice()
        with sending(receiver.port, [CT]) as association:
            answer = association.send_c_store(ready(image, EXPLICIT))
            assert (answer.Status, answer.ErrorComment) == (0xA700, "not stored, send it again")
            assert receiver.readings("image_transfer_delay_s") == []
        full = False
        assert send(receiver.port, image) == [0]
        assert len(receiver.exposures()) == 1


def test_a_store_that_takes_nothing_is_answered_in_time_and_not_filled_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sink waits for a full disk without end; a peer does not, and asks again and again."""
    monkeypatch.setattr("collectors.dicom.receiver.commit.STORED_WITHIN_S", 0.3)
    with listening(tmp_path) as receiver:
        receiver.sink.hangs = True
        assert send(receiver.port, *(ct_slice() for _ in range(5))) == [0xA700] * 5
        assert receiver.sink.waiting == 1  # not five
        receiver.sink.hangs = False
        wait_for(lambda: receiver.sink.waiting == 0)
        assert send(receiver.port, ct_slice()) == [0]
