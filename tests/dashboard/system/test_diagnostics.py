"""What leaves as diagnostics of Scanward itself: no secret and nobody's name, wherever they were planted."""

import errno
import io
import json
import os
import re
import time
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest
from typer.testing import CliRunner

from access import api_tokens, users
from app.cli.main import cli
from core.errors import StoreError
from core.schema.load import load_site
from core.schema.site import Site
from dashboard.system.diagnostics import diagnostics
from dashboard.system.doctor_run import FILE, DoctorLine, DoctorRun
from dashboard.system.facts import system_facts
from dashboard.system.site_summary import LEFT_OUT, site_summary
from storage.backup import trial
from storage.backup.trial import BackupTrial
from storage.files import atomic
from storage.files.process_sign import ProcessSign
from storage.records import Records
from storage.records.deliveries import Delivery
from storage.records.mail import Mailbox
from storage.records.transaction import transaction
from storage.series.store import open_store
from tests.storage.tables import made

T0 = 1_795_000_000_000
# A word of the field among them: what is known to be harmless elsewhere is a secret here.
SECRETS = {
    "MQTT": "helium",
    "COMMUNITY": "gantry-read",
    "AUTH": "Auth3nticPassphrase",
    "PRIVATE": "Pr1vatePassphrase",
    "MAIL": "mail-pass-9912",
    "INFLUX": "influx-token-5e884898da28",
    "OIDC": "oidc-client-secret-77",
    "HOOK": "json://alarm:hook-key-31@10.1.2.3/path-9q",
    "BEAT": "https://hc.example/ping/3f0c9a-beat",
    "BOT": "123456:telegram-bot-key",
}
PIN = "8254"  # as many digits as a size has: it is looked for by itself
PARTS = ("hook-key-31", "path-9q", "telegram-bot-key", "3f0c9a", "Fatema", "broker-of", "phone-of")
PERSONS = (
    "Fatema Ahmadi",
    "AHMADI^FATEMA",
    "4471920",
    "1.2.840.113619.2.55.3.604688",
    "1971-03-12",
    "799123456",
    "احمدی",
)
PLANTED = (
    "Fatema Ahmadi AHMADI^FATEMA MRN 4471920 uid 1.2.840.113619.2.55.3.604688 born 1971-03-12 tel"
    " +93 799123456 فاطمه احمدی"
)
SITE = """
id: herat
name: "Clinic of Fatema Ahmadi 4471920"
zone: Asia/Kabul
storage:
  folder: FOLDER
  influxdb: {url: "http://influx-of-ahmadi.example:8086", bucket: ahmadi, org: x, token: env:INFLUX}
broker: {host: broker-of-ahmadi.example, user: ahmadi, password: env:MQTT}
access: {oidc: {issuer: "https://id.example", client_id: ahmadi, client_secret: env:OIDC,
                roles: {"Fatema Ahmadi": engineer}}}
heartbeat: {url: env:BEAT, every: 60s}
mail:
  from: fatema.ahmadi@clinic.example
  smtp: {host: smtp.example, user: ahmadi, password: env:MAIL}
  imap: {host: imap.example, user: ahmadi, password: env:MAIL}
channels:
  - {kind: log, id: log}
  - {kind: apprise, id: phone-of-ahmadi, url: env:HOOK}
  - {kind: telegram, id: bot, token: env:BOT, chat: "4471920"}
  - {kind: gsm, id: gsm, modem: /dev/ttyUSB0, number: "+93799123456", pin: env:PIN}
devices:
  - {id: ups-1, name: "UPS of Fatema Ahmadi", profile: ups-rfc1628, room: "Room 4471920", serial: "4471920",
     sources: [{kind: snmp, host: 10.9.8.7, community: env:COMMUNITY, every: 20s}]}
  - {id: ups-2, name: UPS, profile: ups-rfc1628,
     sources: [{kind: snmp, version: "3", host: 10.9.8.7, user: {name: ahmadi, auth: sha,
                auth_password: env:AUTH, privacy: aes, privacy_password: env:PRIVATE}}]}
"""


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    for name, secret in {**SECRETS, "PIN": PIN}.items():
        monkeypatch.setenv(name, secret)
    path = tmp_path / "site.yaml"
    path.write_text(SITE.replace("FOLDER", str(tmp_path / "var")), encoding="utf-8")
    return load_site(path)


@pytest.fixture
def records(site: Site) -> Iterator[Records]:
    site.file.storage.folder.mkdir()
    records = made(Records(site.records_url))
    yield records
    records.close()


def planted_everywhere(site: Site, records: Records) -> None:
    """Every secret and every form of a person in each text that diagnostics look at."""
    folder, text = site.file.storage.folder, f"{PLANTED} {' '.join(SECRETS.values())} {PIN}"
    for length in (200, 2000):  # whole, and cut where a text ends
        for name in ("collect", "alert", "mail"):
            with ProcessSign(site.processes_path, name, lambda: T0) as sign:
                for word in (*SECRETS.values(), *PERSONS, text[-length:]):
                    sign.note(error=f"cannot open {word}: {word}")
    lines = [
        DoctorLine(outcome="failed", what=f"ups-1 {word}", text=f"{word} does not answer ({text})")
        for word in (*SECRETS.values(), *PERSONS)
    ]
    run = DoctorRun(by=PLANTED, began_at=T0, ended_at=T0, state="ended", lines=lines)
    (folder / FILE).write_text(run.model_dump_json())
    failed = BackupTrial(at=T0, backup=PLANTED, is_whole=False, text=text)
    (folder / trial.FILE).write_text(failed.model_dump_json())
    (folder / "Fatema Ahmadi 4471920.dcm").write_text(text)
    with transaction(records, site, "test", T0) as tx:
        users.new_user(tx, "fatema", "Fatema Ahmadi", ["IT"])
        api_tokens.make_token(tx, "fatema", "phone of Ahmadi 4471920", ["read"])
        tx.db.add(Mailbox(name="fatema.ahmadi@imap.example/INBOX"))
        for channel in ("phone-of-ahmadi", "Fatema Ahmadi", SECRETS["MQTT"]):
            tx.db.add(Delivery(None, channel, T0, error=text, failed_at=T0))


def members(data: bytes) -> dict[str, bytes]:
    with ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def bare(data: bytes) -> str:
    """Without what could hide a word: signs between its letters, JSON's own way to write them, capitals."""
    text = data.decode("utf-8", "replace")
    text += re.sub(r"\\u([0-9a-f]{4})", lambda match: chr(int(match[1], 16)), text)
    return re.sub(r"[\W_]+", "", text).casefold()


def journal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """A journalctl that knows these lines."""
    program = tmp_path / "bin" / "journalctl"
    program.parent.mkdir()
    (tmp_path / "journal.txt").write_text(text, encoding="utf-8")
    program.write_text(f"#!/bin/sh\ncat {tmp_path}/journal.txt\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")


def test_no_secret_and_nobody_leaves_wherever_they_were_planted(
    site: Site, records: Records, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    planted_everywhere(site, records)
    lines = [
        f"2026-11-20T10:00:00 clinic scanward[1]: {word}" for word in (*SECRETS.values(), PLANTED)
    ]
    journal(tmp_path, monkeypatch, "\n".join(lines))
    facts = system_facts(site, records, open_store(site), T0)
    assert facts.queues is not None
    data = b"".join(diagnostics(facts, site, records))
    files = members(data)
    words = [bare(word.encode()) for word in (*SECRETS.values(), *PERSONS, *PARTS)]
    for name, content in {"": data, **files}.items():
        plain = bare(content)
        assert [word for word in words if word in plain] == [], name
        assert not re.search(rb"(?<!\d)8254(?!\d)", content), name
    assert b"does not answer" in files["doctor.txt"], "what is harmless is still there"
    assert b"cannot open" in files["errors.txt"]
    assert b"[removed]" in files["log.txt"]


def test_it_holds_what_a_helper_needs(site: Site, records: Records) -> None:
    with ProcessSign(site.processes_path, "collect", lambda: T0) as sign:
        sign.note(error="database is locked")
        facts = system_facts(site, records, open_store(site), T0)
        files = members(b"".join(diagnostics(facts, site, records)))
    assert set(files) == {
        *("README.txt", "about.json", "system.json", "site.json", "rows.json"),
        *("doctor.txt", "errors.txt", "log.txt"),
    }
    about, system = json.loads(files["about.json"]), json.loads(files["system.json"])
    assert about["scanward"] == facts.version
    assert about["tables"]["records"][0] == about["tables"]["records"][1]
    states = {process["name"]: process["state"] for process in system["processes"]}
    assert states["collect"] == "runs"
    assert states["forward"] == "never"
    assert system["trial"] is None
    assert json.loads(files["rows.json"])["records"]["users"] == 0
    assert "not there yet" in json.loads(files["rows.json"])["series"]
    assert b"database is locked" in files["errors.txt"]
    assert files["doctor.txt"] == b"never run\n"


def test_of_the_site_file_only_listed_keys_have_values(site: Site) -> None:
    summary = site_summary(site.file)
    [ups, _] = summary["devices"]
    assert ups["id"] == "ups-1"
    assert ups["profile"] == "ups-rfc1628"
    assert ups["name"] == ups["room"] == ups["serial"] == LEFT_OUT
    assert ups["sources"] == [
        {"kind": "snmp", "host": LEFT_OUT, "community": LEFT_OUT, "every": 20_000}
    ]
    assert summary["broker"]["password"] == LEFT_OUT
    assert [channel["kind"] for channel in summary["channels"]] == [
        "log",
        "apprise",
        "telegram",
        "gsm",
    ]
    assert "retention" not in summary, "what has its default is not said"


def test_a_hundred_thousand_lines_and_one_of_a_megabyte_are_bounded(
    site: Site, records: Records, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal(tmp_path, monkeypatch, "the store refuses\n" * 100_000 + "x" * 1_000_000)
    began = time.process_time()
    facts = system_facts(site, records, open_store(site), T0)
    data = b"".join(diagnostics(facts, site, records))
    assert sum(map(len, members(data).values())) < 2_000_000
    assert time.process_time() - began < 20


def test_the_command_writes_it_whole_or_says_in_words_that_the_disk_is_full(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "out.zip"
    words = ["diagnostics", "--to", str(target), "--site", str(tmp_path / "site.yaml")]
    assert "look into it" in CliRunner().invoke(cli, words, catch_exceptions=False).output
    assert "site.json" in members(target.read_bytes())
    target.unlink()

    def full(_path: Path) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(atomic, "fsync_path", full)
    with pytest.raises(StoreError, match="not written: No space left on device"):
        CliRunner().invoke(cli, words, catch_exceptions=False)
    assert not list(tmp_path.glob("*out.zip*"))
