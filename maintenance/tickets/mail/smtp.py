"""Hands one mail to the site's SMTP server."""

import smtplib
import ssl
from collections.abc import Callable
from email.message import EmailMessage

from core.errors import DeliveryError
from core.schema.mail import Mail, SmtpServer
from core.time.clock import SECOND

PERMANENT = 500  # reply codes from here on say that trying again will not help (RFC 5321, 4.2.1)


def smtp_sender(mail: Mail) -> Callable[[EmailMessage], None]:
    """Sends a mail and returns when the server has taken it; DeliveryError if it has not.

    ConfigError if the password is absent.
    """
    server = mail.smtp
    password = server.password.reveal() if server.password else ""

    def send(message: EmailMessage) -> None:
        try:
            with _connected(server) as connection:
                if server.user is not None:
                    connection.login(server.user, password)
                connection.send_message(message)
        except smtplib.SMTPAuthenticationError as error:
            # Of the account, not of this mail: everything waits until somebody corrects it.
            raise DeliveryError(
                f"{server.host} refused the user: {_text(error.smtp_error)}"
            ) from error
        except smtplib.SMTPRecipientsRefused as error:
            code, text = next(iter(error.recipients.values()))
            reason = f"refused the receiver: {code} {_text(text)}"
            raise DeliveryError(f"{server.host} {reason}", permanent=code >= PERMANENT) from error
        except smtplib.SMTPResponseException as error:
            reason = f"{error.smtp_code} {_text(error.smtp_error)}"
            is_final = error.smtp_code >= PERMANENT and not isinstance(
                error, smtplib.SMTPConnectError
            )
            raise DeliveryError(f"{server.host}: {reason}", permanent=is_final) from error
        except (smtplib.SMTPException, OSError) as error:
            raise DeliveryError(f"{server.host}: {error or type(error).__name__}") from error
        except ValueError as error:  # an address that no mail can carry
            raise DeliveryError(f"it cannot be sent: {error}", permanent=True) from error

    return send


def _connected(server: SmtpServer) -> smtplib.SMTP:
    timeout = server.timeout / SECOND
    if server.security == "tls":
        context = ssl.create_default_context(cafile=server.ca)
        return smtplib.SMTP_SSL(server.host, server.port, timeout=timeout, context=context)
    connection = smtplib.SMTP(server.host, server.port, timeout=timeout)
    if server.security == "starttls":
        try:
            connection.starttls(context=ssl.create_default_context(cafile=server.ca))
        except BaseException:
            connection.close()
            raise
    return connection


def _text(answer: bytes | str) -> str:
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return " ".join(text.split())[:200]
