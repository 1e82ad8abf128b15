"""Texts of Scanward's own trouble made fit to leave: secrets and whatever could name a person are taken out.

Known secrets first, whole and in parts, for a password may be a word; then the rules of
`maintenance.bundle.privacy`, which let only known words and small numbers pass.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import suppress

from core.errors import ConfigError
from core.schema.secret import Secret
from core.schema.secrets_of import secrets
from core.schema.site import Site
from maintenance.bundle.privacy import REMOVED, Scrubber

LONGEST = 500  # signs of one text
_SHORTEST = 3  # signs: a shorter secret would eat every text, and guards nothing
_BETWEEN = re.compile(r"[^\w.~+$%-]+")  # what parts a URL with a password in it

# Words of our own trouble that no device's bundle needs.
_WORDS = """
scanward collect alert alerts maintain dashboard forward mail backup detect detecting judging sending
process processes store stores database databases records series journal disk file files folder path
error errors exception traceback warning critical info debug failed refused unreachable unavailable locked
damaged corrupt malformed permission denied device space left timeout timed out connection reset broken
pipe host server client socket address port certificate verify expired self signed handshake protocol
version revision table column row rows column query sqlite postgresql influxdb mqtt snmp dicom smtp imap
http https url token channel channels delivery deliveries broker agent source sources poll polls reading
readings event events detector detectors model models trained learning learned restart restarted started
again ended ending exit code signal killed memory cannot could not was were is are be been by of to in on
at for from with without and or nothing nobody trying tried next newest oldest waiting waits written read
opened open closed close whole part parts missing absent empty invalid unknown wrong too long large small
ok yes no hours minutes seconds days answers answered clock time service synchronised kept storederror
""".split()  # noqa: SIM905


def redactor(site: Site) -> Callable[[str], str]:
    """What makes a text fit to leave this site."""
    known = sorted(_secret_texts(site), key=len, reverse=True)
    pattern = re.compile("|".join(map(re.escape, known)), re.IGNORECASE) if known else None
    profiles = {device.profile_name for device in site.devices.values()}
    scrubber = Scrubber.of(" ".join(_WORDS), stated=[*site.devices, *profiles])

    def redacted(text: str) -> str:
        short = " ".join(text.split())[:LONGEST]
        if pattern is not None:
            short = pattern.sub(REMOVED, short)
        return scrubber.scrub(short)

    return redacted


def _secret_texts(site: Site) -> Iterator[str]:
    for _, secret in secrets(site.file):
        yield from _forms(secret)


def _forms(secret: Secret) -> Iterator[str]:
    """The secret, and what it is made of; where it is kept is nobody's business either."""
    with suppress(ConfigError):
        text = secret.reveal()
        yield from (part for part in (text, *_BETWEEN.split(text)) if len(part) >= _SHORTEST)
    yield secret.where
