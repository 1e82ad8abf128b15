"""The command line as an operator meets it."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.servers

ROOT = Path(__file__).parents[3]

WRONG = """
id: herat
name: Herat
zone: Asia/Kabul
devices:
  - id: ups-1
    name: UPS
    profile: ups-rfc1628
    rooom: Basement
    sources:
      - kind: snmp
        host: 192.0.2.1
        community: public
        values: [{metric: battery_temp_c, oid: 1.3.6.1.2.1.33.1.2.7.O}]
  - {id: pacs, name: PACS, profile: pasc}
"""


def scanward(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "app", *words], cwd=ROOT, capture_output=True, text=True, timeout=60
    )


@pytest.mark.parametrize("words", [["run", "--site"], ["config", "check"], ["collect", "--site"]])
def test_three_mistakes_are_three_lines_with_file_path_and_suggestion(
    words: list[str], tmp_path: Path
) -> None:
    site = tmp_path / "my.yaml"
    site.write_text(WRONG)
    ended = scanward(*words, str(site))
    assert ended.returncode == 1
    lines = ended.stderr.splitlines()
    assert len(lines) == 3
    assert all(line.startswith(f"{site}: devices[") for line in lines)
    assert "devices[0].rooom: unknown key (did you mean 'room'?)" in ended.stderr
    assert "devices[1].profile: unknown profile 'pasc' (did you mean 'pacs'?)" in ended.stderr
    assert "devices[0].sources[0].values[0].oid" in ended.stderr
    assert "(did you mean '1.3.6.1.2.1.33.1.2.7.0'?)" in ended.stderr


def test_what_ships_has_nothing_wrong() -> None:
    files = [*ROOT.glob("config/*.yaml"), *ROOT.glob("config/profiles/*.yaml")]
    ended = scanward("config", "check", *map(str, files))
    assert ended.stderr == ""
    assert ended.returncode == 0


def test_the_check_names_the_rules_that_the_items_of_plans_are(tmp_path: Path) -> None:
    site = tmp_path / "site.yaml"
    site.write_text(
        "id: small\nname: Small\nzone: Asia/Kabul\n"
        "devices: [{id: ct-1, name: CT, profile: siemens-somatom-sensation-16}]\n"
    )
    ended = scanward("config", "check", str(site), str(ROOT / "config" / "plans" / "dxa.yaml"))
    lines = ended.stdout.splitlines()
    assert (
        "ct-1: water_ct_number_high, error: qa_water_ct_number_hu, high 5, of an item of its plans"
        in lines
    )
    assert (
        "dxa: phantom_off, warning: phantom_bmd_g_cm2, tolerance_pct 1.5, of an item of its plans"
        in lines
    )
    assert lines[-1] == "2 files checked, nothing wrong"


def test_a_site_file_that_is_not_there_is_one_plain_line() -> None:
    ended = scanward("collect", "--site", "nowhere.yaml")
    assert ended.returncode == 1
    assert ended.stderr == "nowhere.yaml: No such file or directory\n"


def test_a_broken_site_file_is_no_first_start(tmp_path: Path) -> None:
    site = tmp_path / "site.yaml"
    site.write_text("id: small\nname: Small\nzone: Kabul\n")
    ended = scanward("run", "--site", str(site))
    assert ended.returncode == 1
    assert f"{site}: zone: " in ended.stderr
    assert "devices: is required" in ended.stderr
    assert site.read_text() == "id: small\nname: Small\nzone: Kabul\n"
    assert [path.name for path in tmp_path.iterdir()] == ["site.yaml"]


def test_one_round_of_collecting_and_judging_on_a_site_without_sources(tmp_path: Path) -> None:
    site = tmp_path / "site.yaml"
    site.write_text(
        f"id: small\nname: Small\nzone: Asia/Kabul\nstorage: {{folder: {tmp_path}}}\n"
        "devices: [{id: dxa-1, name: DXA, profile: hologic-dxa}]\n"
    )
    for command in ("collect", "alert"):
        ended = scanward(command, "--once", "--site", str(site))
        assert (ended.returncode, "Traceback" in ended.stderr) == (0, False), ended.stderr
