"""The forwarder: whatever happens on the way, all arrives, once."""

import random
import time

import pytest

from core.errors import StoreError
from core.readings import Event
from core.time.clock import DAY, HOUR, MINUTE, SECOND
from storage.influx import forward as forward_module
from storage.influx.state import ForwardState, status_of, target_of
from tests.storage.influx.cast import SITE, T0, Way, helium, numbered
from tests.support import forward_slowly
from tests.support.kill_targets import Doomed

KILLS = 30


def test_all_arrives_and_the_next_process_has_nothing_to_do(way: Way) -> None:
    way.store(numbered(0, 12_000), [Event("ct-1", "log", "hello", T0)])
    way.drain()
    assert way.arrived() == list(range(12_000))
    assert way.reader().events("ct-1", T0, T0 + 1) == [Event("ct-1", "log", "hello", T0)]
    with way.forwarder() as forwarder:
        assert forwarder.step(T0) == "idle"


def test_a_late_reading_is_forwarded_too(way: Way) -> None:
    way.store([helium(80, T0 + HOUR)])
    way.drain()
    way.store([helium(81, T0)])
    way.drain()
    assert [one.value for one in way.reader().readings("mri-2", "helium_level_pct", 0)] == [81, 80]


@pytest.mark.parametrize("kill", [False, True])
def test_a_server_that_stops_half_way_loses_and_doubles_nothing(way: Way, kill: bool) -> None:
    way.batch = 500
    way.store(numbered(0, 5_000))
    now = T0
    with way.forwarder() as forwarder:
        for _ in range(4):
            assert forwarder.step(now) == "more"
        way.server.stop(kill=kill)
        assert forwarder.step(now) == "waiting"
        assert forwarder.error is not None
        assert not forwarder.error.permanent
        assert forwarder.step(now) == "waiting", "it pauses, it does not hammer"
        way.server.start()
        now = forwarder.due
        while forwarder.step(now) == "more":
            now += 1
        assert forwarder.error is None
    assert way.arrived() == list(range(5_000))


def test_a_day_without_the_server(way: Way) -> None:
    way.server.stop()
    tries = 0
    with way.forwarder() as forwarder:
        for now in range(T0, T0 + DAY, 10 * SECOND):
            if (now - T0) % (30 * MINUTE) == 0:
                n = (now - T0) // (30 * MINUTE)
                way.store(numbered(n * 60, n * 60 + 60, 30 * SECOND))
            due = forwarder.due
            forwarder.step(now)
            tries += forwarder.due != due
        assert tries < 24 * 12 + 20, "every five minutes, after the first few"
        way.server.start()
        while forwarder.step(T0 + DAY + 5 * MINUTE) == "more":
            pass
        assert forwarder.error is None
    assert way.arrived() == list(range(48 * 60))


def test_it_may_be_killed_at_any_moment(way: Way) -> None:
    many = 60_000
    way.store(numbered(0, many))
    chance = random.Random(7)
    for _ in range(KILLS):
        process = Doomed(forward_slowly.run, way.server.url, way.database, way.folder)
        assert process.said.readline() == "began\n"
        time.sleep(chance.uniform(0, 0.1))
        process.kill()
    before = len(way.arrived())
    assert 0 < before < many, "the kills fell into the work"
    way.drain()
    assert way.arrived() == list(range(many))


def test_poisoned_lines_are_set_aside_with_the_reason_and_the_rest_arrives(way: Way) -> None:
    # Somebody else wrote `quality` as a number: a real conflict of field types.
    way.server.client(way.database).write([b"readings,device=x quality=1i %d" % T0])
    odd = [helium(1, T0 + 7)._replace(quality="clock"), helium(2, T0 + 8)._replace(quality="clock")]
    way.store([*numbered(0, 900), odd[0], *numbered(900, 1000), odd[1]])
    way.drain()
    assert way.arrived() == list(range(1000))
    with way.forwarder() as forwarder:
        assert forwarder.aside == 2
        assert forwarder.again() == (0, 2)
        rows = [one for _, one in forwarder._state.aside(0, 10)]
        assert forwarder._state.status().sent == 1000
    assert [row.line.split()[1] for row in rows] == [
        b'value=1.0,quality="clock"',
        b'value=2.0,quality="clock"',
    ]
    assert all("field type conflict" in row.reason for row in rows)
    way.server.ask("drop measurement readings", way.database)
    with way.forwarder() as forwarder:
        assert forwarder.again() == (2, 0)
        assert forwarder.aside == 0
    assert way.reader().latest("mri-2") == [odd[1]]


def test_a_line_that_is_refused_again_is_set_aside_once(way: Way) -> None:
    way.server.client(way.database).write([b"readings,device=x quality=1i %d" % T0])
    odd = helium(1, T0)._replace(quality="clock")
    for readings in ([odd, helium(2, T0 + 1)], [odd]):
        for file in way.folder.glob("series.*"):
            file.unlink()
        way.store(readings)  # the second is an older copy, which is sent from the beginning
        way.drain()
    with way.forwarder() as forwarder:
        assert forwarder.aside == 1


def test_when_the_server_refuses_everything_it_stops_with_words_and_loses_nothing(
    way: Way, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forward_module, "MOST_ASIDE", 150)
    way.server.client(way.database).write([b"readings,device=x value=1i %d" % T0])
    way.batch = 100
    way.store(numbered(0, 300))
    with way.forwarder() as forwarder:
        assert forwarder.step(T0) == "more"
        assert forwarder.step(T0) == "waiting"
        assert forwarder.error
        assert forwarder.error.permanent
        assert "scanward forward --again" in str(forwarder.error)
    way.server.ask("drop measurement readings", way.database)
    with way.forwarder() as forwarder:
        assert forwarder.again() == (100, 0)
    way.drain()
    assert way.arrived() == list(range(300))


def test_what_is_older_than_the_bucket_keeps_is_counted_and_the_rest_arrives(way: Way) -> None:
    recent = int(time.time() * SECOND)
    way.server.ask(
        f'create retention policy short on "{way.database}" duration 1d replication 1 default'
    )
    way.store([*numbered(0, 50), helium(80, recent)])
    way.drain()
    assert way.reader().latest() == [helium(80, recent)]
    with way.forwarder() as forwarder:
        found = forwarder._state.status()
    assert (found.too_old, found.sent, found.aside) == (50, 1, 0)


def test_a_store_that_was_restored_from_an_older_copy_is_sent_from_the_beginning(way: Way) -> None:
    way.store(numbered(0, 100))
    way.drain()
    for file in way.folder.glob("series.*"):
        file.unlink()
    way.store(numbered(0, 40))
    way.store([helium(80, T0)])
    way.drain()
    assert way.reader().latest("mri-2") == [helium(80, T0)]


def test_a_clock_that_was_set_back_a_year_does_not_stop_it(way: Way) -> None:
    way.store(numbered(0, 10))
    way.server.stop()
    with way.forwarder() as forwarder:
        assert forwarder.step(T0 + 365 * DAY) == "waiting"
        way.server.start()
        assert forwarder.step(T0) == "more"
    assert way.arrived() == list(range(10))


def test_a_second_forwarder_is_refused(way: Way) -> None:
    way.store(numbered(0, 1))
    busy = pytest.raises(StoreError, match="another `scanward forward` is running")
    with way.forwarder(), busy:
        ForwardState(way.folder / "forward.db", "another")
    with way.forwarder() as forwarder:
        assert forwarder.step(T0) == "more"


def test_a_disk_that_is_full_sends_the_page_again(way: Way) -> None:
    way.store(numbered(0, 10))
    with way.forwarder() as forwarder:
        db = forwarder._state._db
        db.execute("pragma query_only = 1")  # a refusal of SQLite's own, without filling a disk
        with pytest.raises(StoreError):
            forwarder.step(T0)
        db.execute("pragma query_only = 0")
        assert forwarder.step(T0) == "more"
        assert forwarder.step(T0) == "idle"
    assert way.arrived() == list(range(10))


def test_the_status_tells_how_far_it_is_and_what_is_wrong(way: Way) -> None:
    way.store(numbered(0, 100))
    way.drain()
    path = way.folder / "forward.db"
    target = target_of(way.server.settings(way.database), SITE)
    assert status_of(path, target).sent == 100
    assert status_of(path, target).rate == 100
    way.store([helium(80, T0)])
    way.server.stop()
    with way.forwarder() as forwarder:
        forwarder.step(T0 + MINUTE)
    found = status_of(path, target)
    assert (found.succeeded_at, found.failed_at, found.rate) == (T0, T0 + MINUTE, 0)
    assert way.server.url in found.error
    assert status_of(path, "another").sent == 0
