"""A page of Prometheus text in the site file and in a profile: what is refused, and with which place."""

from pathlib import Path

import pytest

from core.errors import ConfigError
from core.schema.load import load_site

SITE = """
id: small
name: Small
zone: Asia/Kabul
storage: {{folder: "{folder}"}}
devices: [{{id: pacs, name: PACS, profile: {profile}, sources: [{sources}]}}]
"""
ORTHANC = "kind: prometheus, url: 'http://pacs:8042/tools/metrics-prometheus'"
NODE = "kind: prometheus, url: 'http://pacs:9100/metrics'"


def mistakes(folder: Path, *sources: str, profile: str = "pacs") -> list[str]:
    path = folder / "site.yaml"
    entries = ", ".join(f"{{{source}}}" for source in sources)
    path.write_text(SITE.format(folder=folder, profile=profile, sources=entries))
    try:
        load_site(path)
    except ConfigError as error:
        return [f"{mistake.path}: {mistake.text}" for mistake in error.mistakes]
    return []


def test_the_pacs_profile_knows_orthanc_s_page(tmp_path: Path) -> None:
    assert mistakes(tmp_path, ORTHANC) == []


def test_two_pages_of_one_device_need_components(tmp_path: Path) -> None:
    assert mistakes(tmp_path, ORTHANC, NODE) == [
        "devices[0].sources: two prometheus sources of one device need a `component` each"
    ]
    assert mistakes(tmp_path, ORTHANC, f"{NODE}, component: node") == []


def test_a_profile_that_says_nothing_of_it_is_refused_unless_the_entry_does(
    tmp_path: Path,
) -> None:
    own = f"{NODE}, values: [{{metric: disk_used_pct, name: disk_ratio, scale: 100}}]"
    assert mistakes(tmp_path, NODE, profile="server") == [
        "devices[0].sources[0].kind: the profile says nothing about prometheus"
    ]
    assert mistakes(tmp_path, own, profile="server") == []


@pytest.mark.parametrize(
    ("value", "mistake"),
    [
        ("{metric: disk_used, name: x}", "values[0].metric: unknown metric 'disk_used' (did you"),
        ("{metric: disk_used_pct}", "values[0].name: is required"),
        ("{metric: disk_used_pct, name: ''}", "values[0].name: "),
        (
            "{metric: disk_used_pct, name: x, lables: {}}",  # codespell:ignore
            "lables: unknown key (did you mean",  # codespell:ignore
        ),
        ("{metric: disk_used_pct, name: x, rate: 5s}", "values[0].rate: "),
    ],
)
def test_what_is_wrong_in_a_value_is_named_with_its_place(
    tmp_path: Path, value: str, mistake: str
) -> None:
    texts = mistakes(tmp_path, f"{NODE}, values: [{value}]", profile="server")
    assert any(mistake in text for text in texts)
