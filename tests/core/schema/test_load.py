"""The loader says what is wrong, where, and what was meant."""

from pathlib import Path

import pytest

from core.errors import ConfigError
from core.schema.load import load_profile, load_site
from tests.config.shelf import write

SITE = """\
id: test
name: Test
zone: Asia/Kabul
devices:
  - id: ups-1
    name: UPS
    profile: ups-rfc1628
    sources:
      - {kind: snmp, host: 192.0.2.1, community: public}
"""
METRIC = "metrics:\n  oil_temp_c: {title: Oil, unit: °C}\n"


def _site_mistakes(folder: Path, text: str) -> list[str]:
    path = write(folder, "site.yaml", text)
    with pytest.raises(ConfigError) as caught:
        load_site(path)
    return [str(mistake).replace(f"{folder}/", "") for mistake in caught.value.mistakes]


def _profile_mistakes(folder: Path, text: str, name: str = "own") -> list[str]:
    path = write(folder, f"{name}.yaml", text)
    with pytest.raises(ConfigError) as caught:
        load_profile(path)
    return [str(mistake).replace(f"{folder}/", "") for mistake in caught.value.mistakes]


def test_a_small_site_loads(tmp_path: Path) -> None:
    assert list(load_site(write(tmp_path, "site.yaml", SITE)).devices) == ["ups-1"]


@pytest.mark.parametrize(
    ("right", "wrong", "mistake"),
    [
        ("community:", "community_:", "unknown key (did you mean 'community'?)"),
        ("name: Test", "naem: Test", "unknown key (did you mean 'name'?)"),
        ("name: Test", "naem: Test", "site.yaml: name: is required"),
        (
            "ups-rfc1628",
            "ups-rfc1682",
            "site.yaml: devices[0].profile: unknown profile 'ups-rfc1682' (did you mean 'ups-rfc1628'?)",
        ),
        (
            "kind: snmp",
            "kind: snpm",
            "site.yaml: devices[0].sources[0].kind: unknown kind 'snpm' (did you mean 'snmp'?)",
        ),
        ("Asia/Kabul", "Asia/Herat", "'Asia/Herat' is not a time zone such as Asia/Kabul"),
        (
            "name: Test",
            "name: Test\nname: Again",
            "site.yaml: line 3: the key 'name' is written twice",
        ),
        ("zone: Asia/Kabul", "zone: [Asia", "site.yaml: line 4"),
        (
            "name: Test",
            "name: Test\nbroker: {host: broker.example, tls: {certificate: a.pem}}",
            "site.yaml: broker.tls: `certificate` and `key` belong together",
        ),
        (
            "{kind: snmp, host: 192.0.2.1, community: public}",
            "{kind: mqtt, topic: ups-1}",
            "site.yaml: devices[0].sources[0].kind: the site file has no `broker`",
        ),
    ],
)
def test_a_mistake_in_the_site_file_is_said(
    right: str, wrong: str, mistake: str, tmp_path: Path
) -> None:
    said = _site_mistakes(tmp_path, SITE.replace(right, wrong))
    assert any(mistake in line for line in said), said


def test_a_duplicate_device_is_said_with_its_first_place(tmp_path: Path) -> None:
    again = SITE[SITE.index("  - id") :]
    (said,) = _site_mistakes(tmp_path, SITE + again)
    assert said == "site.yaml: devices[1].id: 'ups-1' is also devices[0]"


def test_an_unknown_device_to_depend_on_is_said(tmp_path: Path) -> None:
    text = SITE + "  - {id: ct-1, name: CT, profile: room-sensor, depends_on: [usp-1]}\n"
    (said,) = _site_mistakes(tmp_path, text)
    assert said.endswith("devices[1].depends_on[0]: unknown device 'usp-1' (did you mean 'ups-1'?)")


@pytest.mark.parametrize(
    ("source", "mistake"),
    [
        (
            "{kind: logfile, path: x, format: orthnac}",
            "unknown format 'orthnac' (did you mean 'orthanc'?)",
        ),
        ("{kind: snmp, host: h, version: '3'}", "version 3 needs `user`"),
        ("{kind: snmp, host: h}", "version 2c needs `community`"),
        ("{kind: snmp, host: h, community: c, every: 5 s}", "'5 s' is not a duration"),
        (
            "{kind: snmp, host: h, community: c, values: [{metric: cpu_laod_pct, oid: 1.3.6.1.1.0}]}",
            "unknown metric 'cpu_laod_pct' (did you mean 'cpu_load_pct'?)",
        ),
    ],
)
def test_a_mistake_in_a_source_is_said(source: str, mistake: str, tmp_path: Path) -> None:
    text = SITE + f"  - id: pacs\n    name: PACS\n    profile: pacs\n    sources: [{source}]\n"
    (said,) = _site_mistakes(tmp_path, text)
    assert said.startswith("site.yaml: devices[1].sources[0]")
    assert mistake in said


@pytest.mark.parametrize(
    ("oid", "mistake"),
    [
        ("1.3.6.l.2.O", "(did you mean '1.3.6.1.2.0'?)"),
        ("1,3,6,1", "(did you mean '1.3.6.1'?)"),
        ("sysUpTime.0", "is not a numeric OID such as 1.3.6.1.2.1.1.3.0"),
    ],
)
def test_a_bad_oid_is_said_with_the_one_that_was_meant(
    oid: str, mistake: str, tmp_path: Path
) -> None:
    text = METRIC + f"snmp:\n  values: [{{metric: oil_temp_c, oid: '{oid}'}}]\n"
    (said,) = _profile_mistakes(tmp_path, text)
    assert said.startswith("own.yaml: snmp.values[0].oid: ")
    assert mistake in said


def test_an_oid_that_yaml_takes_for_a_number_is_said(tmp_path: Path) -> None:
    text = METRIC + "snmp:\n  values: [{metric: oil_temp_c, oid: 1.3}]\n"
    (said,) = _profile_mistakes(tmp_path, text)
    assert "put it in quotes" in said


def test_a_rule_about_an_unknown_metric_is_said(tmp_path: Path) -> None:
    text = METRIC + (
        "rules:\n  - {id: hot, title: Hot, metric: oil_tmep_c, above: 60,"
        " severity: error, basis: engineering}\n"
    )
    (said,) = _profile_mistakes(tmp_path, text)
    assert (
        said
        == "own.yaml: rules[0].metric: unknown metric 'oil_tmep_c' (did you mean 'oil_temp_c'?)"
    )


@pytest.mark.parametrize(
    ("rule", "mistake"),
    [
        ("above: 60, basis: maker", "basis 'maker' needs a `source`"),
        ("above: 60, below: 5, basis: engineering", "either `above` or `below`"),
        ("basis: engineering", "either `above` or `below`"),
        ("above: 60, clear: 70, basis: engineering", "the alert could never end"),
    ],
)
def test_a_rule_that_cannot_work_is_said(rule: str, mistake: str, tmp_path: Path) -> None:
    text = (
        METRIC
        + f"rules:\n  - {{id: hot, title: Hot, metric: oil_temp_c, severity: error, {rule}}}\n"
    )
    (said,) = _profile_mistakes(tmp_path, text)
    assert said.startswith("own.yaml: rules[0]")
    assert mistake in said


def test_an_unknown_parent_is_said(tmp_path: Path) -> None:
    (said,) = _profile_mistakes(tmp_path, "extends: [_plugs]\n")
    assert said == "own.yaml: extends[0]: unknown profile '_plugs' (did you mean '_plug'?)"


def test_profiles_that_extend_one_another_in_a_circle_are_said(tmp_path: Path) -> None:
    write(tmp_path, "other.yaml", "extends: [own]\n")
    said = _profile_mistakes(tmp_path, "extends: [other]\n")
    assert said == ["other.yaml: extends[0]: 'own' extends itself"]


def test_a_wrong_parent_is_said_once_for_all_its_children(tmp_path: Path) -> None:
    write(tmp_path, "profiles/part.yaml", "titlle: Part\n")
    write(tmp_path, "profiles/one.yaml", "extends: [part]\n")
    write(tmp_path, "profiles/two.yaml", "extends: [part]\n")
    devices = "".join(f"  - {{id: {n}, name: N, profile: {n}}}\n" for n in ("one", "two"))
    said = _site_mistakes(tmp_path, SITE + devices)
    assert said == ["profiles/part.yaml: titlle: unknown key (did you mean 'title'?)"]


def test_every_mistake_is_said_at_once(tmp_path: Path) -> None:
    write(tmp_path, "profiles/broken.yaml", "kind: [\n")
    write(tmp_path, "profiles/own.yaml", "extends: [nobody]\n")
    text = SITE + (
        "  - {id: a, name: A, profile: broken}\n"
        "  - {id: b, name: B, profile: own}\n"
        "  - {id: c, name: C, profile: nowhere}\n"
        "  - {id: c, name: C, profile: room-sensor, depends_on: [z]}\n"
    )
    said = "\n".join(_site_mistakes(tmp_path, text))
    for part in (
        "broken.yaml: line",
        "own.yaml: extends[0]: unknown profile 'nobody'",
        "devices[3].profile: unknown profile 'nowhere'",
        "devices[4].id: 'c' is also devices[3]",
        "devices[4].depends_on[0]: unknown device 'z'",
    ):
        assert part in said


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="No such file"):
        load_site(tmp_path / "nowhere.yaml")


def test_own_profiles_beside_the_site_win_over_shipped_ones(tmp_path: Path) -> None:
    write(tmp_path, "profiles/ups-rfc1628.yaml", "title: Ours\nextends: [ups-apc]\n")
    site = load_site(write(tmp_path, "site.yaml", SITE))
    assert site.devices["ups-1"].profile.title == "Ours"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ('"*"', "write each name in full"),
        ("https://scan.example", "is not a host"),
        ("scan.example:8443", "is not a host"),
        ('""', "is not a host"),
        ("1.2.3.400", "is not an address"),
    ],
)
def test_a_public_name_is_one_name_without_scheme_and_port(
    name: str, words: str, tmp_path: Path
) -> None:
    [mistake] = _site_mistakes(tmp_path, f"{SITE}http: {{names: [{name}]}}\n")
    assert "http.names[0]" in mistake
    assert words in mistake
