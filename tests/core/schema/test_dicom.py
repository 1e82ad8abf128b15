"""DICOM in the site file: what is refused, and with which place."""

from pathlib import Path

import pytest

from core.errors import ConfigError
from core.schema.load import load_site
from core.schema.sources.dicom import DicomSource
from core.time.clock import SECOND

SITE = """
id: small
name: Small
zone: Asia/Kabul
storage: {{folder: "{folder}"}}
{more}
devices:
{devices}
"""


def mistakes(folder: Path, devices: list[str], more: str = "") -> list[str]:
    path = folder / "site.yaml"
    lines = "\n".join(f"  - {{{device}}}" for device in devices)
    path.write_text(SITE.format(folder=folder, devices=lines, more=more))
    try:
        load_site(path)
    except ConfigError as error:
        return [f"{mistake.path}: {mistake.text}" for mistake in error.mistakes]
    return []


def ct(number: int, more: str) -> str:
    return f"id: ct-{number}, name: CT-{number}, profile: _ct, {more}"


def node(title: str, more: str = "") -> str:
    return f"sources: [{{kind: dicom, host: 192.0.2.7, ae_title: {title}{more}}}]"


def test_a_node_needs_a_host_and_a_title_and_no_map_in_its_profile(tmp_path: Path) -> None:
    assert mistakes(tmp_path, [ct(1, node("CT1"))]) == []
    source = DicomSource.model_validate({"kind": "dicom", "host": "ct", "ae_title": "CT1 "})
    assert (source.port, source.every, source.ae_title) == (104, 60 * SECOND, "CT1")
    assert source.calling is None
    assert source.up_component == "dicom"


@pytest.mark.parametrize(
    ("entry", "mistake"),
    [
        (node("CT1", ", every: 5s"), "devices[0].sources[0].every: "),
        (node("CT1", ", timeout: 5m"), "devices[0].sources[0].timeout: "),
        (node("CT1", ", port: 0"), "devices[0].sources[0].port: "),
        (node('"A TITLE THAT IS TOO LONG"'), "is not an AE title: 1 to 16 letters"),
        (node('""'), "is not an AE title"),
        (node(r'"CT\\1"'), "is not an AE title"),
        (node("دستگاه"), "is not an AE title"),
        (node("CT1", ", calling: ''"), "devices[0].sources[0].calling: "),
        (node("CT1", ", tls: {certificate: a.pem}"), "`certificate` and `key` belong together"),
        (node("CT1", ", aetitle: X"), "unknown key"),
        ("sources: [{kind: dicom, host: 'http://ct', ae_title: CT1}]", "is not a host"),
        ("sources: [{kind: dicom, host: 192.0.2.7}]", "ae_title: is required"),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(tmp_path: Path, entry: str, mistake: str) -> None:
    assert any(mistake in text for text in mistakes(tmp_path, [ct(1, entry)]))


def test_two_nodes_of_one_device_need_components(tmp_path: Path) -> None:
    first = "{kind: dicom, host: ct, ae_title: CT1}"
    second = "{kind: dicom, host: ct, port: 105, ae_title: CT1_MPPS"
    assert mistakes(tmp_path, [ct(1, f"sources: [{first}, {second}}}]")]) == [
        "devices[0].sources: two dicom sources of one device need a `component` each"
    ]
    assert mistakes(tmp_path, [ct(1, f"sources: [{first}, {second}, component: mpps}}]")]) == []


def test_a_title_of_two_devices_is_refused_wherever_it_stands(tmp_path: Path) -> None:
    devices = [
        ct(1, "dicom: {ae_titles: [CT1, CT1_B]}"),
        ct(2, node("CT1_B")),
        ct(3, "dicom: {ae_titles: [CT1]}"),
    ]
    assert mistakes(tmp_path, devices) == [
        "devices[1].sources[0].ae_title: 'CT1_B' is also devices[0].dicom.ae_titles[1]: an AE title"
        " is one device's",
        "devices[2].dicom.ae_titles[0]: 'CT1' is also devices[0].dicom.ae_titles[0]: an AE title is"
        " one device's",
    ]


def test_one_device_may_have_its_title_in_both_places_and_letters_tell_titles_apart(
    tmp_path: Path,
) -> None:
    own = f"dicom: {{ae_titles: [CT1]}}, {node('CT1')}"
    assert mistakes(tmp_path, [ct(1, own), ct(2, node("ct1"))]) == []


def test_a_pacs_that_is_asked_has_a_title_of_its_own_too(tmp_path: Path) -> None:
    pacs = "{kind: pacs, via: find, host: 192.0.2.30, ae_title: CT1}"
    devices = [ct(1, node("CT1")), ct(2, f"sources: [{pacs}]")]
    (only,) = mistakes(tmp_path, devices)
    assert only.startswith("devices[1].sources[0].ae_title: 'CT1' is also devices[0].sources[0]")


def test_scanwards_own_title_is_no_device_s(tmp_path: Path) -> None:
    devices = [ct(1, node("CENTRE"))]
    assert mistakes(tmp_path, devices, "dicom: {ae_title: CENTRE}") == [
        "devices[0].sources[0].ae_title: 'CENTRE' is also dicom.ae_title: an AE title is one"
        " device's"
    ]


def test_a_station_name_of_two_devices_is_refused(tmp_path: Path) -> None:
    devices = [
        ct(1, "dicom: {station_names: [CTAWP1]}"),
        ct(2, "dicom: {station_names: [other, 'ctawp1 ']}"),
    ]
    assert mistakes(tmp_path, devices) == [
        "devices[1].dicom.station_names[1]: 'ctawp1 ' is also devices[0].dicom.station_names[0]: a"
        " station name is one device's"
    ]


@pytest.mark.parametrize(
    ("listen", "http", "is_wrong"),
    [
        ("{port: 8501}", "{}", True),
        ("{port: 8501, address: 0.0.0.0}", "{}", True),
        ("{port: 8501, address: 192.0.2.1}", "{address: 0.0.0.0}", True),
        ("{port: 8501, address: 192.0.2.1}", "{}", False),
        ("{port: 8080}", "{port: 8080}", True),
        ("{}", "{}", False),
    ],
)
def test_two_listeners_need_two_ports(
    tmp_path: Path, listen: str, http: str, is_wrong: bool
) -> None:
    texts = mistakes(tmp_path, [ct(1, "")], f"http: {http}\ndicom: {{listen: {listen}}}")
    assert any("dicom.listen.port" in text and "http.port" in text for text in texts) == is_wrong
    assert len(texts) == int(is_wrong)


def test_a_listener_with_tls_needs_a_certificate(tmp_path: Path) -> None:
    more = "dicom: {listen: {tls: {ca: ca.pem}}}"
    assert mistakes(tmp_path, [ct(1, "")], more) == [
        "dicom.listen.tls.certificate: is required: who takes connections shows one"
    ]


def test_all_mistakes_are_said_at_once(tmp_path: Path) -> None:
    devices = [
        ct(1, f"dicom: {{ae_titles: [A], station_names: [S]}}, {node('B')}"),
        ct(2, "dicom: {ae_titles: [A], station_names: [S]}, " + node("B")),
    ]
    assert len(mistakes(tmp_path, devices, "dicom: {listen: {port: 8501}}")) == 4
