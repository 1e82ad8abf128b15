"""What the doctor says of channels: how each stands, and, if asked, whether a message leaves."""

from pathlib import Path

import pytest

from app.doctor.channels import check_channels
from core.schema.load import load_site
from core.schema.site import Site
from tests.support.fake_modem import FakeModem, Script, fake_modem

pytestmark = pytest.mark.servers

SITE = """
id: small
name: Small
zone: Asia/Kabul
storage: {{folder: {folder}}}
channels:
  - {{kind: log, id: log}}
  - {{kind: gsm, id: sms, modem: {modem}, number: "+93700000000"}}
routes: [{{severities: [critical], channels: [{critical}]}}]
devices: []
"""


def site(folder: Path, fake: FakeModem, critical: str = "sms") -> Site:
    (folder / "site.yaml").write_text(
        SITE.format(folder=folder, modem=fake.path, critical=critical)
    )
    return load_site(folder / "site.yaml")


def test_a_modem_is_described_and_nothing_is_sent(tmp_path: Path) -> None:
    with fake_modem(Script(registration=5, signal=9)) as fake:
        findings = check_channels(site(tmp_path, fake), send_test=False)
        assert [str(finding) for finding in findings] == [
            "ok       channel log: writes to the log",
            "ok       channel sms: huawei E173: SIM ready, in a foreign network, signal fair (-95 dBm)",
        ]
        assert fake.messages == []


def test_asked_to_tell_it_sends_through_each(tmp_path: Path) -> None:
    with fake_modem() as fake:
        findings = check_channels(site(tmp_path, fake), send_test=True)
        assert all(finding.text.endswith("has it arrived?") for finding in findings)
        assert len(fake.messages) == 1


def test_what_hinders_one_channel_is_a_finding_of_that_one(tmp_path: Path) -> None:
    with fake_modem(Script(sim="")) as fake:
        log, sms = check_channels(site(tmp_path, fake), send_test=True)
    assert log.outcome == "ok"
    assert sms.outcome == "failed"
    assert sms.text.startswith("huawei E173: there is no SIM in the modem")


def test_a_modem_reaches_people_and_the_log_does_not(tmp_path: Path) -> None:
    with fake_modem() as fake:
        findings = check_channels(site(tmp_path, fake, critical="log"), send_test=False)
    assert "reaches nobody but the log" in findings[-1].text
