"""Real mail servers on free loopback ports: Dovecot takes our mail by SMTP with TLS and a password and
hands it on to Postfix's smtp-sink, where a vendor would read it; replies come by LMTP and are read by IMAP."""

import getpass
import imaplib
import shutil
import smtplib
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Sequence
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.support.mosquitto import write_certificates
from tests.support.ports import free_port

USER, PASSWORD = "tickets@centre.example", "only-for-tests"
_PATH = "/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin"
DOVECOT = shutil.which("dovecot", path=_PATH)
SINK = shutil.which("smtp-sink", path=_PATH)
_PARTS = [Path("/usr/lib/dovecot") / name for name in ("imap", "lmtp", "submission")]

CONFIG = """
protocols = imap lmtp submission
listen = 127.0.0.1
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
first_valid_uid = 1
mail_location = maildir:{folder}/mail/%u
ssl = required
ssl_cert = <{folder}/server.pem
ssl_key = <{folder}/server.key
auth_failure_delay = 0
hostname = mail.centre.example
submission_relay_host = 127.0.0.1
submission_relay_port = {sink}
passdb {{
  driver = static
  args = user={user} password={password}
}}
userdb {{
  driver = static
  args = uid=mail gid=mail home={folder}/mail
}}
service imap-login {{
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    port = {imap}
    ssl = yes
  }}
}}
service submission-login {{
  inet_listener submission {{
    port = {smtp}
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    port = {lmtp}
  }}
}}
"""


class MailServers:
    """Both servers; the way out can be cut and mended."""

    def __init__(self) -> None:
        if DOVECOT is None or SINK is None or not all(part.exists() for part in _PARTS):
            pytest.skip(
                "needs server: dovecot (imapd, lmtpd, submissiond) and postfix are not installed"
            )
        if getpass.getuser() != "root":
            pytest.skip("needs server: only root may start dovecot")
        self.folder = Path(tempfile.mkdtemp(prefix="scanward-mail-"))
        self.folder.chmod(0o755)  # its workers run as another user
        for name in ("mail", "sent"):
            (self.folder / name).mkdir(mode=0o777)
            (self.folder / name).chmod(0o777)
        write_certificates(self.folder)
        self.ca = self.folder / "ca.pem"
        self.smtp, self.imap, self._lmtp, self._sink_port = (free_port() for _ in range(4))
        names = {"folder": self.folder, "user": USER, "password": PASSWORD}
        ports = {"smtp": self.smtp, "imap": self.imap, "lmtp": self._lmtp, "sink": self._sink_port}
        (self.folder / "dovecot.conf").write_text(CONFIG.format(**names, **ports))
        self._sink: subprocess.Popen[bytes] | None = None
        self._dovecot = subprocess.Popen([DOVECOT, "-F", "-c", str(self.folder / "dovecot.conf")])
        for port in (self.smtp, self.imap, self._lmtp):
            _wait_for(port)
        self.connect_the_world()

    def connect_the_world(self) -> None:
        """Mail leaves from now on."""
        assert SINK is not None
        address = f"127.0.0.1:{self._sink_port}"
        command = [SINK, "-u", "mail", "-d", f"{self.folder}/sent/%s.", address, "100"]
        self._sink = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        _wait_for(self._sink_port)

    def cut_the_line(self) -> None:
        """Nothing leaves."""
        if self._sink is not None:
            self._sink.kill()
            self._sink.wait(10)
            self._sink = None

    def stop(self) -> None:
        """Both, and all they kept."""
        self.cut_the_line()
        self._dovecot.terminate()
        self._dovecot.wait(10)
        shutil.rmtree(self.folder)

    def sent(self) -> list[EmailMessage]:
        """What vendors got, oldest first."""
        found = []
        for path in sorted(
            (self.folder / "sent").iterdir(), key=lambda one: one.stat().st_mtime_ns
        ):
            _, _, rest = path.read_bytes().replace(b"\r\n", b"\n").partition(b"\n")
            mail = message_from_bytes(_without_envelope(rest), policy=policy.default)
            assert isinstance(mail, EmailMessage)
            found.append(mail)
        return found

    def deliver(self, raw: bytes) -> None:
        """Somebody's mail arrives."""
        with smtplib.LMTP("127.0.0.1", self._lmtp) as connection:
            connection.sendmail("vendor@example.org", [USER], raw)

    def flags(self) -> list[bytes]:
        """The mailbox as another program sees it."""
        context = ssl.create_default_context(cafile=str(self.ca))
        with imaplib.IMAP4_SSL("127.0.0.1", self.imap, ssl_context=context) as box:
            box.login(USER, PASSWORD)
            box.select(readonly=True)
            _, answer = box.fetch("1:*", "(FLAGS)")
        return [one for one in answer if isinstance(one, bytes)]

    def site(self, folder: Path, more: Sequence[str] = ()) -> Path:
        """A site file that uses them."""
        password = folder / "password"
        password.write_text(PASSWORD)
        guard = f"user: {USER}, password: 'file:{password}', ca: {self.ca}"
        lines = [
            "id: centre",
            "name: A centre",
            "zone: Asia/Kabul",
            f"storage: {{folder: {folder}}}",
            "mail:",
            f"  from: {USER}",
            f"  smtp: {{host: 127.0.0.1, port: {self.smtp}, {guard}}}",
            f"  imap: {{host: 127.0.0.1, port: {self.imap}, {guard}, every: 5s}}",
            *more,
            "devices: [{id: ct-2, name: CT-2, profile: base}]",
        ]
        path = folder / "site.yaml"
        path.write_text("\n".join(lines) + "\n")
        return path


def _without_envelope(dump: bytes) -> bytes:
    """smtp-sink writes what the client said (`X-Mail-Args: ...`) above the mail."""
    lines = dump.split(b"\n")
    while lines and lines[0].startswith((b"X-", b"Received:", b"\t", b" ")):
        lines.pop(0)
    return b"\n".join(lines)


def _wait_for(port: int) -> None:
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise AssertionError(f"no mail server on port {port}")
