"""Channels by the command line: which there are, and whether a message leaves."""

from pathlib import Path

import pytest

from tests.alerts.channels.gsm.decoder import read_codes, read_pdu
from tests.support.fake_modem import FakeModem, Script, fake_modem
from tests.support.warm_command import scanward

pytestmark = pytest.mark.servers

SITE = """
id: small
name: Small
zone: Asia/Kabul
language: {language}
storage: {{folder: {folder}}}
channels:
  - {{kind: log, id: log}}
  - {{kind: gsm, id: ali-sms, modem: {modem}, number: "+93 700 000 000"}}
  - {{kind: apprise, id: hook, url: env:SCANWARD_NO_SUCH_VARIABLE}}
routes: [{{severities: [error, critical], channels: [log, ali-sms]}}]
devices: []
"""


def site(folder: Path, fake: FakeModem, language: str = "en") -> Path:
    path = folder / "site.yaml"
    path.write_text(SITE.format(folder=folder, modem=fake.path, language=language))
    return path


def test_the_list_says_where_each_leads_and_no_secret(tmp_path: Path) -> None:
    with fake_modem() as fake:
        result = scanward("channel", "list", "--site", str(site(tmp_path, fake)))
    assert [line.split() for line in result.stdout.splitlines()][1:3] == [
        ["log", "log", "Scanward's", "own", "log", "error,", "critical"],
        ["ali-sms", "gsm", "+93700000000", "by", str(fake.path), "error,", "critical"],
    ]
    assert "env:SCANWARD_NO_SUCH_VARIABLE" in result.stdout


def test_a_test_message_goes_through_one_channel_and_is_clearly_a_test(tmp_path: Path) -> None:
    with fake_modem() as fake:
        result = scanward("channel", "test", "ali-sms", "--site", str(site(tmp_path, fake)))
        assert result.returncode == 0, result.stderr
        assert result.stdout.splitlines() == [
            "ali-sms: huawei E173: SIM ready, in its own network, signal good (-77 dBm)",
            "ali-sms: took a test message; has it arrived?",
        ]
        [(_, content)] = fake.messages
        assert read_codes(list(content)) == (
            "Scanward at Small: a test\nNothing is wrong. Somebody tries whether messages arrive. #0"
        )


def test_a_centre_that_reads_dari_is_tried_in_dari(tmp_path: Path) -> None:
    with fake_modem() as fake:
        path = site(tmp_path, fake, "fa")
        assert scanward("channel", "test", "ali-sms", "--site", str(path)).returncode == 0
        parts = [
            read_pdu(content.decode(), int(command.removeprefix("AT+CMGS="))).text
            for command, content in fake.messages
        ]
        assert "".join(parts).startswith("Scanward در Small: آزمایش\nهیچ مشکلی نیست")


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("ali-sms", "there is no SIM in the modem"),
        ("ali-smss", "there is no channel 'ali-smss' (did you mean 'ali-sms'?)"),
        ("hook", "the environment variable SCANWARD_NO_SUCH_VARIABLE is not set"),
    ],
)
def test_what_does_not_leave_is_said_with_exit_code_1(
    name: str, reason: str, tmp_path: Path
) -> None:
    with fake_modem(Script(sim="")) as fake:
        result = scanward("channel", "test", name, "--site", str(site(tmp_path, fake)))
    assert result.returncode == 1
    assert reason in result.stderr
