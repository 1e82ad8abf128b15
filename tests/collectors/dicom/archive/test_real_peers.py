"""A real Orthanc asked by all three ways, and dcmtk's dcmqrscp by C-FIND: counts equal to what they hold."""

import json
import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.time.clock import HOUR
from tests.collectors.dicom.archive.house import FIRST, NOW, PacsHouse
from tests.collectors.dicom.archive.made_objects import counts, some_days
from tests.support.dicom_peers import Orthanc, orthanc_server

pytestmark = pytest.mark.servers

WAYS = ["find", "qido", "orthanc"]


def entry(orthanc: Orthanc, via: str) -> str:
    return {
        "find": f"via: find, host: 127.0.0.1, port: {orthanc.port}, ae_title: ORTHANC",
        "qido": f"via: qido, url: '{orthanc.dicom_web}'",
        "orthanc": f"via: orthanc, url: '{orthanc.url}'",
    }[via]


@pytest.fixture
def orthanc(tmp_path: Path) -> Iterator[Orthanc]:
    """One that calls a series stable after a second, not after a minute."""
    folder = tmp_path / "pacs"
    folder.mkdir()
    with orthanc_server(folder, settings={"StableAge": 1}) as server:
        yield server


def wait_until_stable(orthanc: Orthanc, objects: int) -> None:
    """Until so many objects are in series that Orthanc has called stable since they came."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        changes = json.loads(orthanc.get("/changes?limit=100000"))["Changes"]
        last = {own["ID"]: own["ChangeType"] for own in changes if own["ResourceType"] == "Series"}
        is_stable = {json.loads(orthanc.get(f"/series/{name}"))["IsStable"] for name in last}
        arrived = json.loads(orthanc.get("/statistics"))["CountInstances"]
        if arrived == objects and is_stable == {True} and set(last.values()) == {"StableSeries"}:
            return
        time.sleep(0.1)
    raise AssertionError("never stable")


def test_counts_are_equal_with_objects_late_twice_and_out_of_order(
    orthanc: Orthanc, tmp_path: Path
) -> None:
    made = some_days(FIRST.replace(tzinfo=None), 4, 11)
    objects = [(own, index) for own in made for index in range(own.images)]
    random.Random(3).shuffle(objects)
    houses = {}
    for via in WAYS:
        (tmp_path / via).mkdir()
        houses[via] = PacsHouse(tmp_path / via, entry(orthanc, via))
    for part in range(3):  # the last third comes when the days are long over
        for own, index in objects[part::3] + objects[: len(objects) // 4]:
            orthanc.upload(next(own.objects(index, index + 1)))
        wait_until_stable(
            orthanc,
            len(
                {
                    *objects[: len(objects) // 4],
                    *(own for each in range(part + 1) for own in objects[each::3]),
                }
            ),
        )
        for via, house in houses.items():
            if part == 1:
                house.restart()
            answer = house.poll(NOW + part * HOUR)
            assert answer.is_up, via
            assert answer.error is None, (via, answer.error)
    expected = {key: value for key, value in counts(made).items() if key[0] in ("ct-1", "mr-1")}
    for via, house in houses.items():
        assert house.counts() == expected, via
        (event,) = [own for own in house.store.events if own.kind == "unknown_sender"]
        assert "station UNKNOWN7" in event.text
        before = house.store.corrections
        study = orthanc.get("/studies").split(b'"')[1].decode()
        if via == "qido":  # what is deleted in the PACS was done all the same
            orthanc.delete(f"/studies/{study}")
        house.poll(NOW + 3 * HOUR)
        assert house.counts() == expected, via
        assert house.store.corrections == before
