"""Line protocol: what goes in comes out of a real server, whatever it is."""

import itertools

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from core.readings import Event, Reading
from core.vocabulary.readings import Quality
from storage.line_protocol import LineEncoder
from tests.storage.influx.cast import T0, Way, helium
from tests.support.examples import examples

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


@examples(30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(some_readings, max_size=60), st.lists(some_events, max_size=20))
def test_any_batch_comes_back_from_the_server(
    way: Way, readings: list[Reading], events: list[Event]
) -> None:
    site = f"site-{next(_sites)}"
    client, reader = way.server.client(way.database), way.reader(site)
    kept = {(one.device, one.metric, one.component, one.at): one for one in readings}
    if kept:
        client.write(LineEncoder(site).readings(kept.values()))
    if events:
        client.write(LineEncoder(site).events(events), "ns")
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
