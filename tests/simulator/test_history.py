"""Weeks of raw answers without a socket, in order, complete, and then live from there."""

from collections import Counter

import pytest

from core.schema.site import Site
from core.schema.sources.dicom import DicomSource
from core.schema.sources.mqtt import MqttSource
from core.schema.sources.pacs import PacsSource
from core.time.clock import DAY, HOUR, MINUTE
from simulator.centre import LIVE_STEP_MS, Centre
from simulator.faults import Fault
from simulator.history import (
    LogText,
    MqttPublish,
    RawAnswer,
    SnmpAnswers,
    StudySent,
    demo_faults,
    history,
)
from tests.simulator.test_centre import KABUL_MONDAY, only

STEP = 10 * MINUTE


def answers_of(site: Site, *faults: Fault, end: int = KABUL_MONDAY + 6 * HOUR) -> list[RawAnswer]:
    centre = Centre(site, seed=7, start=KABUL_MONDAY, faults=faults)
    return list(history(site, centre, KABUL_MONDAY, end, STEP))


def test_history_is_in_time_order_and_ends_before_its_end(demo: Site) -> None:
    moments = [answer.at for answer in answers_of(demo)]
    assert moments == sorted(moments)
    assert moments[0] == KABUL_MONDAY
    assert moments[-1] < KABUL_MONDAY + 6 * HOUR


def test_every_source_is_heard(demo: Site) -> None:
    answers = answers_of(demo, end=KABUL_MONDAY + 12 * HOUR)
    kinds = Counter(type(answer) for answer in answers)
    topics = " ".join({a.topic for a in answers if isinstance(a, MqttPublish)})
    indexed = {
        (a.device_id, a.source_index) for a in answers if isinstance(a, SnmpAnswers | LogText)
    }
    sent = {a.study.device for a in answers if isinstance(a, StudySent)}
    for device in demo.devices.values():
        for index, source in enumerate(device.sources):
            if isinstance(source, MqttSource):
                assert source.topic in topics
            elif isinstance(source, DicomSource | PacsSource):
                assert device.profile.group != "scanner" or device.id in sent
            else:
                assert (device.id, index) in indexed
    assert set(kinds) == {SnmpAnswers, MqttPublish, LogText, StudySent}


def test_snmp_answers_are_plain_numbers_and_bytes(demo: Site) -> None:
    polls = [a for a in answers_of(demo) if isinstance(a, SnmpAnswers)]
    assert polls
    assert all(isinstance(v, int | bytes) for poll in polls for v in poll.answers.values())


def test_history_is_the_same_for_the_same_seed(demo: Site) -> None:
    assert answers_of(demo) == answers_of(demo)


def test_a_dead_device_has_no_history(demo: Site) -> None:
    answers = answers_of(demo, Fault("dead", KABUL_MONDAY, device="pacs"))
    assert not [
        a for a in answers if isinstance(a, SnmpAnswers | LogText) and a.device_id == "pacs"
    ]


@pytest.mark.servers  # as long as one
def test_the_centre_goes_on_live_where_history_ended(demo: Site) -> None:
    centre = Centre(demo, seed=7, start=KABUL_MONDAY)
    for _ in history(demo, centre, KABUL_MONDAY, KABUL_MONDAY + HOUR, STEP):
        pass
    assert centre.step_ms == LIVE_STEP_MS
    before = centre.at
    centre.advance(before + 10_000)
    assert centre.at == before + 10_000


@pytest.mark.servers  # as long as one
def test_the_demo_faults_show_what_they_promise(demo: Site) -> None:
    start, end = KABUL_MONDAY, KABUL_MONDAY + 75 * DAY
    faults = demo_faults(start, end)
    struck = ("ct-1", "ct-2", "mri-2", "dxa-1", "cbct-1", "us-1", "room-server")
    site = only(demo, "ups-1", "chiller-1", *struck)
    centre = Centre(site, seed=7, start=start, faults=faults, step_ms=STEP)
    helium, charge, supply = [], [], []
    while centre.at < end:
        centre.advance(centre.at + STEP)
        helium.append(centre.values("mri-2")["helium_level_pct", ""])
        charge.append(centre.values("ups-1")["battery_charge_pct", ""])
        supply.append(centre.values("chiller-1")["supply_temp_c", ""])
    assert 60 < min(helium[-144:]) < 63
    assert helium[-14 * 144] - helium[-1] > 1.5
    assert 38 < min(charge) < 52
    chiller = supply[-12 * 144 : -10 * 144]
    assert sum(value > 24 for value in chiller) >= 3, "warm for longer than its rule's hold"
    assert max(chiller) < 26, "and not so hot that scanning had to stop"
    assert centre.has_mains()


def test_faults_that_were_over_before_the_start_are_left_out() -> None:
    end = KABUL_MONDAY
    names = [fault.name for fault in demo_faults(end - 5 * DAY, end)]
    slow = ["tube_cooling", "helium_leak", "ct_number_drift", "bmd_drift", "software_update"]
    assert names == [*slow, "water_leak"]
