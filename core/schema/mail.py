"""The mail of tickets: its servers and its sender."""

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from core.schema.network import Host, Port
from core.schema.secret import NamedSecret
from core.schema.strict_model import Strict
from core.time.clock import MINUTE, SECOND
from core.time.duration import Duration

_LOOPBACK = ("127.0.0.1", "::1", "localhost")


Security = Literal["tls", "starttls", "none"]


MailAddress = Annotated[str, StringConstraints(pattern=r"^[^\s@<>\"]+@[^\s@<>\"]+$")]


class _MailServer(Strict):
    host: Host
    user: str | None = None
    password: NamedSecret | None = None
    security: Security
    ca: Path | None = None  # None: the system's authorities
    timeout: Duration = Field(default=30 * SECOND, ge=1 * SECOND)

    @model_validator(mode="after")
    def _guarded(self) -> Self:
        if (self.user is None) != (self.password is None):
            raise ValueError("`user` and `password` need one another")
        if self.security == "none" and self.user is not None and self.host not in _LOOPBACK:
            raise ValueError(
                "the password would cross the network in the clear: use starttls or tls"
            )
        return self


class SmtpServer(_MailServer):
    """Where mail goes out."""

    port: Port = 587
    security: Security = "starttls"


class ImapServer(_MailServer):
    """Where replies come in. Its mailbox is only read: nothing is moved, marked or deleted."""

    user: str
    password: NamedSecret
    port: Port = 993
    security: Security = "tls"
    mailbox: str = "INBOX"
    every: Duration = Field(default=1 * MINUTE, ge=5 * SECOND)


class Mail(Strict):
    """The mail of tickets: messages to vendors, and their replies."""

    sender: MailAddress = Field(alias="from")
    smtp: SmtpServer
    imap: ImapServer | None = None  # None: replies are read elsewhere
    plus_address: bool = False  # replies to name+token@host, where the server delivers that to name
    largest_mb: int = Field(
        default=10, ge=1, le=100
    )  # of an attachment, or of a whole mail times two
