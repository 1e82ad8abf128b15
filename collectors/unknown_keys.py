"""A source that speaks, but says nothing of what its profile knows: which keys it uses instead.

Only keys are named, never values. A key may itself be a name or a number of a patient, so a word of
it is written in full only if it is one of telemetry, and is cut otherwise. Pure.
"""

import re
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, field

from core.readings import NOT_UNDERSTOOD, UNDERSTOOD, Event

_MOST_KEYS = 12
_LONGEST_KEY = 60
_WORD = re.compile(r"[A-Za-z]+|\d+|[^A-Za-z\d]+")
_PART = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")  # of `dewPoint`
_SEPARATORS = re.compile(r"[-_.:/\[\]]{1,2}")
# Sensor chips and the prefixes of their names; what follows is a number of up to four digits.
_CHIPS = frozenset(
    """adc ads adt aht am as bh bme bmp ccs dht ds ens hdc hm hp htu hx ina lm lps lwt max mcp mhz mlx mq
    ms opt pm pms pzem scd sds sen sgp sht shtc si sn sps sr tmp tsl tx veml vl""".split()  # noqa: SIM905
)
_TELEMETRY = frozenset(
    """a absolute active air alarm ambient analog angle apower apparent average axis b battery brightness c
    cabinet channel charge climate clock co code color compressor contact count counter cpu current c d data
    day dew dewpoint device devicepower dir direction door dust e em energy error event events ext external
    f factor fan flood flow freq frequency gantry gas h heap helium high hum humidity hz i id illuminance
    index info input internal k key kwh last level light line linkquality load lock low lux magnet main
    mains max memory method min minute mode model motion name node number o occupancy on off online outdoor
    output p params period pf phase point position power pressure probe probes pulse quality rain rate
    reactive relay rh room rpm rssi s scale sea sealevel seen sensor sensors signal smoke soil source speed
    state status string supply switch system t tamper temp temperature time timestamp tc tf today tot
    total ts tube tvoc type unit up uptime v value values version voc volt voltage vibration w water weight
    wifi wind x y yesterday z bridge cmnd esphome homeassistant mqtt scanward shellies stat tele zigbee""".split()  # noqa: SIM905
)


def key_name(key: str, known: Iterable[str] = ()) -> str:
    """The key as it may be shown: `SHT3X-0x45` whole, `PatientAhmadi` as `Pa...` with its length."""
    words = _WORD.findall(key)
    if len(key) > _LONGEST_KEY or not key.isascii() or not words or not words[0].isalpha():
        return f"(a key of {len(key)} characters)"
    vocabulary = _TELEMETRY | {word.casefold() for name in known for word in _WORD.findall(name)}
    longest_number = 4 if words[0].casefold() in _CHIPS else 2
    shown = ""
    for word in words:
        if not _is_harmless(word, vocabulary, longest_number):
            return f"{shown}{word[:2] if word.isalpha() else ''}... ({len(key)} characters)"
        shown += word
    return shown


def _is_harmless(word: str, vocabulary: Set[str], longest_number: int) -> bool:
    if word.isdigit():
        return len(word) <= longest_number
    if not word.isalpha():
        return _SEPARATORS.fullmatch(word) is not None
    parts = [word, *_PART.findall(word)]
    known = [len(part) == 1 or part.casefold() in vocabulary | _CHIPS for part in parts]
    return known[0] or all(known[1:])


def shown_id(identity: str) -> str:
    """The id of a sensor as it may be shown: hexadecimal and short, or only its length."""
    if re.fullmatch(r"(?:0x)?[0-9A-Fa-f]{1,2}(?:[:-]?[0-9A-Fa-f]{2}){0,7}", identity):
        return identity
    return f"(an id of {len(identity)} characters)"


@dataclass
class UnknownKeys:
    """What one source says beside its profile: counted, and news once.

    `news` is what was last reported of it (empty: all is well); give it back after a restart.
    """

    device: str
    component: str  # that of its `up`
    news: str = ""
    unmatched: int = 0  # messages or polls in a row of which nothing was known
    keys: dict[str, None] = field(default_factory=dict)  # shown names of those, in order
    is_understood: bool = False  # it was, since the start

    def matched(self, at: int) -> list[Event]:
        """Something of it was known. An event if it was not before."""
        was, self.news = self.news, ""
        self.unmatched, self.is_understood = 0, True
        self.keys.clear()
        text = "Says again what its profile knows"
        return [Event(self.device, UNDERSTOOD, text, at, "info", self.component)] if was else []

    def not_matched(self, names: Sequence[str], at: int, *, patience: int = 1) -> list[Event]:
        """Nothing of it was known. An event if that was so `patience` times, and is not reported yet.

        A source that was understood before is given two more.
        """
        self.unmatched += 1
        for name in names:
            if len(self.keys) < _MOST_KEYS:
                self.keys[name] = None
        if self.unmatched < patience + 2 * self.is_understood:
            return []
        if self.news:  # reported already; another key is no news
            return []
        self.news = self.text
        return [
            Event(
                self.device, NOT_UNDERSTOOD, self.news, at, "warning", self.component, quality="bad"
            )
        ]

    @property
    def text(self) -> str:
        """`Speaks, but says nothing that its profile knows: keys SHT3X-0x45, Wifi`."""
        names = ", ".join(self.keys)
        ending = f": keys {names}" if names else ""
        return f"Speaks, but says nothing that its profile knows{ending}"
