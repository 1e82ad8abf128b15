"""Channels in a site file: kinds a line each, and every mistake in its place."""

from pathlib import Path

import pytest

from core.errors import ConfigError
from core.schema import channels
from core.schema.channel_kinds.base import ChannelEntry
from core.schema.channel_kinds.gsm import GsmChannel
from core.schema.load import load_site

SITE = """
id: small
name: Small
zone: Asia/Kabul
channels: [{channel}]
routes: []
{more}
devices: []
"""
GSM = "{{kind: gsm, id: sms, modem: /dev/ttyUSB0, number: {number}}}"


def loaded(folder: Path, channel: str, more: str = "") -> ChannelEntry:
    (folder / "site.yaml").write_text(SITE.format(channel=channel, more=more))
    return load_site(folder / "site.yaml").file.channels[0]


def mistake(folder: Path, channel: str, more: str = "") -> str:
    with pytest.raises(ConfigError) as caught:
        loaded(folder, channel, more)
    [mistake] = caught.value.mistakes
    return f"{mistake.path}: {mistake.text}"


@pytest.mark.parametrize("kind", channels.KINDS)
def test_every_kind_has_its_model_and_names_itself(kind: str) -> None:
    assert channels.channel_model(kind).model_fields["kind"].annotation is not str


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ('"+93700000000"', "+93700000000"),
        ('"0093 700 000-000"', "+93700000000"),
        ('"۰۷۹۹ ۱۲۳ ۴۵۶"', "0799123456"),
        ('"+49 (170) 1234567"', "+491701234567"),
        ('"1234"', "1234"),
    ],
)
def test_a_number_is_read_as_people_write_it(written: str, number: str, tmp_path: Path) -> None:
    channel = loaded(tmp_path, GSM.format(number=written))
    assert isinstance(channel, GsmChannel)
    assert channel.number == number
    assert (channel.baud, channel.parts) == (115200, 3)


@pytest.mark.parametrize(
    ("channel", "words"),
    [
        (
            GSM.format(number="+93700000000"),
            "channels[0].number: write a telephone number in quotes",
        ),
        (GSM.format(number='"ali"'), "channels[0].number: 'ali' is not a telephone number"),
        (GSM.format(number='""'), "channels[0].number: '' is not a telephone number"),
        (
            '{kind: gsm, id: sms, modem: x, number: "123", pin: "1234"}',
            "channels[0].pin: write env:NAME or file:PATH, not the secret itself",
        ),
        (
            '{kind: gsm, id: sms, modem: x, number: "123", buad: 9600}',  # codespell:ignore
            "did you mean 'baud'?",
        ),
        ('{kind: gsm, id: sms, number: "123"}', "channels[0].modem: is required"),
        ("{kind: gms, id: sms}", "channels[0].kind: unknown kind 'gms' (did you mean 'gsm'?)"),
        ("{id: sms}", "channels[0].kind: unknown kind"),
        ("{kind: apprise, id: x, ulr: env:A, url: env:A}", "did you mean 'url'?"),
    ],
)
def test_a_mistake_in_a_channel_is_in_its_place(channel: str, words: str, tmp_path: Path) -> None:
    assert words in mistake(tmp_path, channel)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (
            'still_here: {channel: lgo, day: sat, at: "09:00"}',
            "still_here.channel: unknown channel 'lgo' (did you mean 'log'?)",
        ),
        ("still_here: {channel: log, day: sat, at: 9:00}", "still_here.at: write a time of day"),
        ("heartbeat: {url: https://hc.example/uuid}", "heartbeat.url: write env:NAME"),
        ("heartbeat: {url: env:A, every: 1s}", "heartbeat.every: "),
    ],
)
def test_a_mistake_in_what_says_that_scanward_lives_is_in_its_place(
    more: str, words: str, tmp_path: Path
) -> None:
    assert words in mistake(tmp_path, "{kind: log, id: log}", more)


def test_two_channels_of_one_id_are_a_mistake(tmp_path: Path) -> None:
    both = "{kind: log, id: log}, {kind: log, id: log}"
    assert mistake(tmp_path, both) == "channels[1].id: 'log' is also channels[0]"
