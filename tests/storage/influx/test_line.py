"""Line protocol: what goes in comes out of a real server, whatever it is."""

import itertools

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from core.readings import Event, Reading
from core.vocabulary.readings import Quality
from storage.influx.line import Lines, meant_by_tag, said_in_tag
from tests.storage.influx.cast import T0, Way, helium
from tests.support.examples import examples

LINES = Lines("herat")
_sites = itertools.count()

words = st.text(st.characters(codec="utf-8"), max_size=12)
named = st.text(st.characters(codec="utf-8"), min_size=1, max_size=12)
moments = st.integers(T0, T0 + 10**9)
qualities = st.sampled_from(list[Quality](["good", "clock", "bad"]))
numbers = st.floats(allow_nan=False, allow_infinity=False)
some_readings = st.builds(Reading, named, named, numbers, moments, words, qualities)
some_events = st.builds(
    Event, named, named, words, moments, st.just("error"), words, words, qualities
)


def test_a_reading_is_tags_in_order_a_value_and_milliseconds() -> None:
    reading = Reading("ct-1", "room_temp_c", 22.5, T0, "room, north")
    assert LINES.readings([reading, helium(9, T0)]) == [
        b"readings,component=room\\,\\ north,device=ct-1,metric=room_temp_c,site=herat"
        b" value=22.5 1760000400000",
        b"readings,device=mri-2,metric=helium_level_pct,site=herat value=9 1760000400000",
    ]


def test_quality_is_a_field_so_that_the_series_stays_one() -> None:
    (line,) = LINES.readings([helium(9.5, T0)._replace(quality="clock")])
    assert line.endswith(b'site=herat value=9.5,quality="clock" 1760000400000')


def test_an_event_keeps_its_millisecond_and_is_the_same_line_each_time() -> None:
    event = Event("ct-1", "tube_arc", 'an "arc" \\', T0, "warning", code="E7")
    (line,) = LINES.events([event])
    assert [line] == LINES.events([event])
    head, _, moment = line.rpartition(b" ")
    assert head == (
        b"events,device=ct-1,kind=tube_arc,site=herat"
        b' code="E7",severity="warning",text="an \\"arc\\" \\\\"'
    )
    assert int(moment) // 1_000_000 == T0


def test_a_lone_surrogate_from_a_broken_device_is_still_a_line() -> None:
    (line,) = LINES.readings([helium(1, T0, "\ud800")])
    assert b"component=?" in line


@given(st.text())
def test_a_tag_means_what_was_said(text: str) -> None:
    assert meant_by_tag(said_in_tag(text)) == text


@examples(30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(some_readings, max_size=60), st.lists(some_events, max_size=20))
def test_any_batch_comes_back_from_the_server(
    way: Way, readings: list[Reading], events: list[Event]
) -> None:
    site = f"site-{next(_sites)}"
    client, reader = way.server.client(way.database), way.reader(site)
    kept = {(one.device, one.metric, one.component, one.at): one for one in readings}
    if kept:
        client.write(Lines(site).readings(kept.values()))
    if events:
        client.write(Lines(site).events(events), "ns")
    for device, metric in {(one.device, one.metric) for one in readings}:
        found = reader.readings(device, metric, 0)
        wanted = [one for one in kept.values() if (one.device, one.metric) == (device, metric)]
        assert sorted(found) == sorted(wanted)
    for device in {one.device for one in events}:
        wanted_events = {one for one in events if one.device == device}
        assert set(reader.events(device, 0, T0 * 2)) == wanted_events


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_is_no_number_is_refused_by_the_server_not_made_zero(way: Way, value: float) -> None:
    way.store([helium(80, T0)])
    with way.forwarder() as forwarder:
        written = forwarder._send([helium(value, T0), helium(81, T0 + 1)], [])
    assert [one.line.split()[1] for one in written.refused] == [f"value={value}".encode()]
    assert way.reader().latest() == [helium(81, T0 + 1)]
