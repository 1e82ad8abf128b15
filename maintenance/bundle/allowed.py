"""What a device's bundle may say beside ordinary words: its profiles' words and units, its numbers."""

import re
from collections.abc import Collection, Iterator

from sqlalchemy.orm import Session

from core.schema.profile import Profile
from core.schema.site import Device
from maintenance.bundle.content import BundleRequest
from maintenance.bundle.privacy import REMOVED, Scrubber, is_of_person, is_title
from storage.records import parts as part_rows

_SERIAL = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ./_-]{0,39}")


def scrubber_for(
    devices: list[Device], stated: Collection[str] = (), allowed: Collection[str] = ()
) -> Scrubber:
    """Lets through what the devices' profiles say: their titles, states, rules, units and log texts.

    `stated` are serials and part numbers, which leave as they are written, `allowed` words that a person keeps.
    """
    texts = (text for device in devices for text in _own_words(device.profile))
    units = {metric.unit for device in devices for metric in device.profile.metrics.values()}
    return Scrubber.of(*texts, units=units, stated=stated, allowed=allowed)


def stated(db: Session, devices: list[Device], request: BundleRequest) -> set[str]:
    """What the site states of its equipment, and a text may name: ids, serials, part numbers."""
    numbers = [part.number for part in part_rows.parts(db)]
    serials = [fact.value for fact in request.facts if fact.serial]
    own = [text for device in devices for text in (device.id, device.serial)]
    return {text for text in (*numbers, *serials, *own) if _is_stated(text)}


def _is_stated(text: str) -> bool:
    return serial(text) == text and not is_of_person(text)


def _own_words(profile: Profile) -> Iterator[str]:
    yield profile.title
    yield profile.kind
    for name, metric in profile.metrics.items():
        yield from (name, metric.title, *metric.states.values())
    for rule in profile.rules:
        yield rule.title
    for source_map in profile.maps.values():
        yield from source_map.events()
        for text in source_map.texts():
            yield re.sub(r"\{\w+\}", " ", text)


def serial(text: str) -> str:
    """A number of equipment as it is written; `[removed]` if it does not look like one."""
    return text if not text or (_SERIAL.fullmatch(text) and not is_title(text)) else REMOVED
