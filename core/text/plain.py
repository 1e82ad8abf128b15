"""Text of strangers without the signs that harm whoever keeps or reads it. Pure.

Harm is told by what a sign does, not by whether it can be seen: U+200C joins Persian words rightly, a
no-break space is a space, and U+202E turns `exe.gpj` round.
"""

import re
import unicodedata

# No workbook and no XML holds them (XML 1.0, 2.2), PostgreSQL keeps no NUL, UTF-8 no surrogate.
_CONTROLS = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_SPACES = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
# Embeddings, overrides and isolates (UAX 9) turn round what stands after them; the others hide in words.
_TURNING = "\u202a-\u202e\u2066-\u2069"
_HIDDEN = "\u00ad\u180e\u200b\u2060-\u2065\u206a-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f"
_HARMFUL = re.compile(f"[{_TURNING}{_HIDDEN}]")


def control_in(text: str) -> str:
    """The first control character in a text, as `U+000B`; empty if there is none."""
    match = _CONTROLS.search(text)
    return f"U+{ord(match[0]):04X}" if match else ""


def without_controls(text: str) -> str:
    """The text for a file of another program: a space where a control character was."""
    return _CONTROLS.sub(" ", text)


def readable(text: str) -> str:
    """What a stranger wrote, as it is kept: lines end with \\n, and every kind of space is a space."""
    lined = _LINE_ENDS.sub("\n", text)
    return _CONTROLS.sub("", _HARMFUL.sub("", _SPACES.sub(" ", lined))).strip()


def single_line(text: str) -> str:
    """The same for what has one line: a subject, an address, the name of a file."""
    return " ".join(unicodedata.normalize("NFC", readable(text)).split())
