"""Looks into the mailbox with the replies. Only reads: flags and places of mails stay as they are."""

import imaplib
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from core.errors import SourceError
from core.schema.mail import ImapServer
from core.time.clock import SECOND

BEGINNING = 1_000_000  # bytes of a mail that is too large: its head and, mostly, its words


class ImapMailbox:
    """An open mailbox. UIDs hold as long as `validity` is the same."""

    def __init__(self, connection: imaplib.IMAP4, validity: int) -> None:
        self._connection = connection
        self.validity = validity

    def after(self, uid: int) -> list[int]:
        """The UIDs above this one, rising."""
        answer = self._command("SEARCH", f"UID {uid + 1}:*")
        words = b" ".join(part for part in answer if isinstance(part, bytes)).split()
        # A server answers with the last mail if none is above.
        return sorted(number for word in words if word.isdigit() and (number := int(word)) > uid)

    def size(self, uid: int) -> int:
        """Bytes of a mail; 0 if it is gone meanwhile."""
        answer = self._command("FETCH", str(uid), "(RFC822.SIZE)")
        match = re.search(
            rb"RFC822\.SIZE (\d+)", b" ".join(p for p in answer if isinstance(p, bytes))
        )
        return int(match[1]) if match else 0

    def read(self, uid: int, *, head_only: bool = False) -> bytes:
        """A mail, or its head with the beginning of its text; empty if it is gone meanwhile."""
        part = f"<0.{BEGINNING}>" if head_only else ""
        answer = self._command("FETCH", str(uid), f"(BODY.PEEK[]{part})")
        return next((bytes(part[1]) for part in answer if isinstance(part, tuple)), b"")

    def _command(self, command: str, *words: str) -> list[bytes | tuple[bytes, bytes] | None]:
        kind, answer = self._connection.uid(command, *words)
        if kind != "OK":
            raise SourceError(f"{command}: {kind}")
        return list(answer)


@contextmanager
def opened(server: ImapServer) -> Iterator[ImapMailbox]:
    """The server's mailbox for the length of the block. SourceError if anything fails in it."""
    try:
        connection = _connected(server)
        try:
            connection.login(server.user, server.password.reveal())
            kind, answer = connection.select(_quoted(server.mailbox), readonly=True)
            if kind != "OK":
                text = f"{server.host} has no mailbox {server.mailbox!r}: {answer[0]!r}"
                raise SourceError(text, permanent=True)
            _, numbers = connection.response("UIDVALIDITY")
            yield ImapMailbox(connection, int(numbers[0] or 0))
        finally:
            with suppress(imaplib.IMAP4.error, OSError):
                connection.logout()
    except (imaplib.IMAP4.error, OSError, EOFError, ValueError) as error:
        raise SourceError(f"{server.host}: {error or type(error).__name__}") from error


def _connected(server: ImapServer) -> imaplib.IMAP4:
    timeout = server.timeout / SECOND
    if server.security == "none":
        return imaplib.IMAP4(server.host, server.port, timeout=timeout)
    context = ssl.create_default_context(cafile=server.ca)
    if server.security == "tls":
        return imaplib.IMAP4_SSL(server.host, server.port, ssl_context=context, timeout=timeout)
    connection = imaplib.IMAP4(server.host, server.port, timeout=timeout)
    try:
        connection.starttls(ssl_context=context)
    except BaseException:
        connection.shutdown()
        raise
    return connection


def _quoted(name: str) -> str:
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
