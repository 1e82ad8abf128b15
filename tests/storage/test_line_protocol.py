"""Line protocol: written as InfluxDB's reference says, and parsed again it is what it was."""

from hypothesis import given
from hypothesis import strategies as st

from core.readings import Event, Reading
from core.vocabulary.readings import Quality
from storage.line_protocol import (
    LineEncoder,
    decode_tag,
    encode_tag,
    parse_line,
    parse_reading,
    unquote,
)

T0 = 1_760_000_400_000
ENCODER = LineEncoder("herat")

texts = st.text(st.characters(codec="utf-8"), max_size=12)
names = st.text(st.characters(codec="utf-8"), min_size=1, max_size=12)
# What is special somewhere, more often than chance would have it.
awkward = st.text(st.sampled_from('\\,= "%4F\n\r\tx'), max_size=8)
components = texts | awkward
qualities = st.sampled_from(list[Quality](["good", "clock", "bad"]))
numbers = st.floats(allow_nan=False, allow_infinity=False)
moments = st.integers(-(10**17), 10**17)
readings = st.builds(Reading, names, names, numbers, moments, components, qualities)
events = st.builds(
    Event, names, names, texts | awkward, st.integers(T0, T0 + 10**9), st.just("error"),
    components, texts | awkward, qualities,
)  # fmt: skip


def helium(value: float, at: int, component: str = "") -> Reading:
    return Reading("mri-2", "helium_level_pct", value, at, component)


def test_a_reading_is_tags_in_order_a_value_and_milliseconds() -> None:
    reading = Reading("ct-1", "room_temp_c", 22.5, T0, "room, north")
    assert ENCODER.readings([reading, helium(9, T0)]) == [
        b"readings,component=room\\,\\ north,device=ct-1,metric=room_temp_c,site=herat"
        b" value=22.5 1760000400000",
        b"readings,device=mri-2,metric=helium_level_pct,site=herat value=9 1760000400000",
    ]


def test_quality_is_a_field_so_that_the_series_stays_one() -> None:
    (line,) = ENCODER.readings([helium(9.5, T0)._replace(quality="clock")])
    assert line.endswith(b'site=herat value=9.5,quality="clock" 1760000400000')


def test_an_event_keeps_its_millisecond_and_is_the_same_line_each_time() -> None:
    event = Event("ct-1", "tube_arc", 'an "arc" \\', T0, "warning", code="E7")
    (line,) = ENCODER.events([event])
    assert [line] == ENCODER.events([event])
    head, _, moment = line.rpartition(b" ")
    assert head == (
        b"events,device=ct-1,kind=tube_arc,site=herat"
        b' code="E7",severity="warning",text="an \\"arc\\" \\\\"'
    )
    assert int(moment) // 1_000_000 == T0


def test_what_a_tag_cannot_hold_is_coded() -> None:
    (line,) = ENCODER.readings([helium(1, T0, "C:\\")])
    assert line.startswith(b"readings,component=C:%5C,device=mri-2,")
    (line,) = ENCODER.readings([helium(1, T0, "50%20\n")])
    assert line.startswith(b"readings,component=50%2520%0A,device=mri-2,")


def test_a_lone_surrogate_from_a_broken_device_is_still_a_line() -> None:
    (line,) = ENCODER.readings([helium(1, T0, "\ud800")])
    assert b"component=?" in line


@given(st.text() | awkward)
def test_a_tag_is_decoded_to_what_was_encoded(text: str) -> None:
    assert decode_tag(encode_tag(text)) == text
    assert "\n" not in encode_tag(text)
    assert "\\" not in encode_tag(text)


@given(readings, texts)
def test_any_reading_comes_back_from_its_line(reading: Reading, site: str) -> None:
    (line,) = LineEncoder(site).readings([reading])
    assert b"\n" not in line
    back = parse_reading(line.decode())
    assert back == reading
    assert repr(back.value) == repr(reading.value)
    assert parse_line(line.decode()).tags.get("site", "") == encode_tag(site)


@given(events)
def test_any_event_comes_back_from_its_line(event: Event) -> None:
    (line,) = ENCODER.events([event])
    parsed = parse_line(line.decode())
    tags = {name: decode_tag(tag) for name, tag in parsed.tags.items()}
    fields = {name: unquote(field) for name, field in parsed.fields.items()}
    assert parsed.measurement == "events"
    assert tags.pop("site") == "herat"
    assert parsed.time // 1_000_000 == event.at
    back = Event(
        tags["device"], tags["kind"], fields["text"], event.at, event.severity,
        tags.get("component", ""), fields.get("code", ""), event.quality,
    )  # fmt: skip
    assert back == event
    assert fields.get("quality", "good") == event.quality


def test_a_line_of_another_program_may_have_spaces_and_commas_in_its_texts() -> None:
    text = 'readings,device=ct-1,metric=x,room=a\\ b value=1i,note="a, \\"b\\" = c" 5'
    assert parse_line(text).tags["room"] == "a b"
    assert unquote(parse_line(text).fields["note"]) == 'a, "b" = c'
    assert parse_reading(text) == Reading("ct-1", "x", 1.0, 5)
