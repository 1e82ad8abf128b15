"""Other limits for one device: what they change, where it is said, and what cannot be."""

from pathlib import Path

import pytest

from core.errors import ConfigError
from core.schema.load import load_site
from core.schema.rules.limit import LimitRule

SITE = """
id: test
name: Test
zone: Asia/Kabul
devices:
  - id: room
    name: Room
    profile: our-room
    limits: {limits}
  - {{id: other, name: Other, profile: our-room}}
"""
PROFILE = """
title: Room
metrics:
  room_temp_c: {title: Temperature, unit: degC}
rules:
  - {id: warm, title: Warm, metric: room_temp_c, above: 26, clear: 25, severity: warning, for: 10m, basis: maker, source: Manual}
  - {id: hot, title: Hot, metric: room_temp_c, above: 30, severity: critical, basis: engineering}
  - {id: fast, kind: rate, title: Fast, metric: room_temp_c, above: 5, severity: warning, basis: engineering}
  - {id: silent, kind: absence, title: Silent, metric: room_temp_c, for: 1h, severity: warning, basis: engineering}
"""


def site_with(folder: Path, limits: str) -> Path:
    (folder / "profiles").mkdir()
    (folder / "profiles" / "our-room.yaml").write_text(PROFILE)
    path = folder / "site.yaml"
    path.write_text(SITE.format(limits=limits))
    return path


def test_a_device_has_other_numbers_and_its_twin_those_of_the_profile(tmp_path: Path) -> None:
    limits = "{warm: {above: 28, clear: 27, for: 5m, reason: The door stands open}, fast: {above: 9, reason: x}}"
    site = load_site(site_with(tmp_path, limits))
    warm, twin = site.rule("room", "warm"), site.rule("other", "warm")
    assert isinstance(warm, LimitRule)
    assert isinstance(twin, LimitRule)
    assert (warm.above, warm.clear, warm.hold) == (28, 27, 300_000)
    assert (warm.basis, warm.source, warm.title) == ("engineering", "The door stands open", "Warm")
    assert (twin.above, twin.clear, twin.hold, twin.basis) == (26, 25, 600_000, "maker")
    assert site.devices["room"].profile.limits("room_temp_c")[0] is warm


@pytest.mark.parametrize(
    ("limits", "place", "words"),
    [
        ("{warm: {above: 28, clear: 29, reason: x}}", "warm.clear", "could never end"),
        ("{warm: {above: 20, reason: x}}", "warm.above", "could never end"),
        ("{warm: {above: 31, clear: 30, reason: x}}", "warm", "critical at 30 of 'hot'"),
        ("{hot: {above: 25, reason: x}}", "hot", "warning at 26 of 'warm'"),
        ("{warm: {below: 10, reason: x}}", "warm.below", "write that"),
        ("{wam: {above: 28, reason: x}}", "wam", "did you mean 'warm'?"),
        ("{silent: {above: 28, reason: x}}", "silent", "no rule 'silent' with a limit"),
        ("{warm: {above: 28}}", "warm.reason", "is required"),
        ("{warm: {above: 28, reason: '  '}}", "warm.reason", "at least 1 character"),
        ("{warm: {above: .inf, reason: x}}", "warm.above", "finite"),
        ("{warm: {above: 28 °C, reason: x}}", "warm.above", "number"),
    ],
)
def test_what_cannot_be_is_a_mistake_at_its_place(
    tmp_path: Path, limits: str, place: str, words: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        load_site(site_with(tmp_path, limits))
    [mistake] = caught.value.mistakes
    assert mistake.path == f"devices[0].limits.{place}"
    assert words in mistake.text
