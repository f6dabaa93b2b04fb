"""Mail over SMTP: one plain text to one address. Passwords and texts never go over the network in the clear."""

import smtplib
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import formatdate, make_msgid

from app.outgoing.interfaces import DeliveryFailed
from app.outgoing.session import trust

SECONDS = 20.0
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
FOR_GOOD = 500  # replies from here on: the same mail will not be taken later


@dataclass(frozen=True, slots=True)
class Smtp:
    """``is_secure`` speaks TLS from the first byte; else the server is asked to begin it."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    is_secure: bool


def send(server: Smtp, sender: str, to: str, subject: str, text: str) -> None:
    """Raises ``DeliveryFailed``."""
    try:
        with _connected(server) as connection:
            connection.send_message(_message(sender, to, subject, text))
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        raise DeliveryFailed(retryable=min(codes, default=0) < FOR_GOOD) from error
    except smtplib.SMTPResponseException as error:
        raise DeliveryFailed(retryable=error.smtp_code < FOR_GOOD) from error
    except (smtplib.SMTPException, OSError) as error:
        raise DeliveryFailed(retryable=True) from error


def _connected(server: Smtp) -> smtplib.SMTP:
    if server.is_secure:
        connection: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=SECONDS, context=trust())
    else:
        connection = smtplib.SMTP(server.host, server.port, timeout=SECONDS)
        _begin_tls(connection, server)
    if server.user:
        connection.login(server.user, server.password)
    return connection


def _begin_tls(connection: smtplib.SMTP, server: Smtp) -> None:
    """On this machine a server may do without."""
    connection.ehlo()
    if connection.has_extn("starttls"):
        connection.starttls(context=trust())
    elif server.host not in LOOPBACK:
        connection.close()
        raise DeliveryFailed("The mail server offers no TLS", retryable=False)


def _message(sender: str, to: str, subject: str, text: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, to, subject
    message["Date"], message["Message-ID"] = formatdate(), make_msgid(domain=sender.rpartition("@")[2].rstrip(">"))
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    return message
