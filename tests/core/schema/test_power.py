"""What a site states of power goes before its profile's, key by key; what nobody states is unknown."""

from pathlib import Path

import pytest

from core.errors import ConfigError
from core.schema.load import load_site
from core.time.clock import MINUTE
from tests.config.shelf import write

SITE = """\
id: test
name: Test
zone: Asia/Kabul
devices:
  - id: ups-1
    name: UPS
    profile: ups-rfc1628
    power:
      rated_w: 8000
      feeds: [ct-1]
      battery: {installed: 2023-05-01, runtime: {50: 34, 100: 12}}
  - {id: ct-1, name: CT, profile: toshiba-aquilion-cx, power: {idle_w: 900, examination: 20m}}
"""


def _mistakes(folder: Path, right: str, wrong: str) -> list[str]:
    assert right in SITE
    with pytest.raises(ConfigError) as caught:
        load_site(write(folder, "site.yaml", SITE.replace(right, wrong)))
    return [str(mistake) for mistake in caught.value.mistakes]


def test_the_site_goes_before_the_profile_key_by_key(tmp_path: Path) -> None:
    site = load_site(write(tmp_path, "site.yaml", SITE))
    power = site.devices["ct-1"].power
    assert (power.idle_w, power.examination, power.restart) == (900, 20 * MINUTE, 30 * MINUTE)
    assert power.scan_w is None, "nobody has stated it"
    battery = site.devices["ups-1"].power.battery
    assert battery is not None
    assert battery.runtime == {50: 34, 100: 12}


@pytest.mark.parametrize(
    ("right", "wrong", "mistake"),
    [
        ("feeds: [ct-1]", "feeds: [ct-2]", "unknown device 'ct-2' (did you mean 'ct-1'?)"),
        ("feeds: [ct-1]", "feeds: [ups-1]", "unknown device 'ups-1'"),
        ("rated_w: 8000", "rated_w: 0", "power.rated_w"),
        ("rated_w: 8000", "rated_va: 8000", "unknown key (did you mean 'rated_w'?)"),
        ("{50: 34", "{150: 34", "runtime"),
        ("2023-05-01", "soon", "installed"),
        ("rated_w: 8000", "basis: maker", "basis 'maker' needs a `source`"),
    ],
)
def test_a_mistake_is_named(right: str, wrong: str, mistake: str, tmp_path: Path) -> None:
    assert any(mistake in text for text in _mistakes(tmp_path, right, wrong))
