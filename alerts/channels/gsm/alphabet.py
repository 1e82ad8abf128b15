"""The two alphabets of a text message: GSM 7 bit (3GPP TS 23.038, section 6.2.1) and UCS-2."""

import unicodedata

_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
ESCAPE = 0x1B
_EXTENSION = {
    "\f": 0x0A,
    "^": 0x14,
    "{": 0x28,
    "}": 0x29,
    "\\": 0x2F,
    "[": 0x3C,
    "~": 0x3D,
    "]": 0x3E,
    "|": 0x40,
    "€": 0x65,
}
_SEPTETS = {
    **{sign: (code,) for code, sign in enumerate(_BASIC) if code != ESCAPE},
    **{sign: (ESCAPE, code) for sign, code in _EXTENSION.items()},
}

# Signs of units and of typesetting for which 7 bit has others: else one degree sign would halve
# the room for a whole English message.
_PLAINER = str.maketrans(
    {
        "°": "",  # 21 C
        "\u2212": "-",
        "\u2010": "-",
        "\u2011": "-",
        "–": "-",
        "—": "-",
        "·": "-",
        "•": "-",
        "‘": "'",
        "’": "'",
        "“": '"',
        "”": '"',
        "…": "...",
        "→": "->",
        "≥": ">=",
        "≤": "<=",
        "±": "+/-",
        "×": "x",
        "µ": "u",
        "μ": "u",
        "²": "2",
        "³": "3",
        "₂": "2",
        "₄": "4",
        "\u00a0": " ",
        "\u2009": " ",
        "\u202f": " ",
        "\t": " ",
        "\u200b": "",
        "\u200e": "",
        "\u200f": "",
        "\u2066": "",
        "\u2067": "",
        "\u2068": "",
        "\u2069": "",
        "\ufeff": "",
    }
)


def cleaned(text: str) -> str:
    """The text without control signs, which a modem would take for commands, and half characters."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(sign if sign == "\n" else _printable(sign) for sign in text).strip()


def _printable(sign: str) -> str:
    category = unicodedata.category(sign)
    return {"Cc": " ", "Cs": "\ufffd"}.get(category, sign)


def as_septets_text(text: str) -> str | None:
    """The text in signs of the 7 bit alphabet; None if it has letters of another."""
    plainer = text.translate(_PLAINER)
    return plainer if all(sign in _SEPTETS for sign in plainer) else None


def septets(text: str) -> list[int]:
    """The codes of a text, 0 to 127 each. KeyError if a sign is not in the alphabet."""
    return [code for sign in text for code in _SEPTETS[sign]]


def packed(codes: list[int], fill_bits: int = 0) -> bytes:
    """Septets as octets, the lowest bit first, after so many bits of filling."""
    bits = sum(code << (7 * at) for at, code in enumerate(codes)) << fill_bits
    return bits.to_bytes((7 * len(codes) + fill_bits + 7) // 8, "little")


def ucs2(text: str) -> bytes:
    """Two octets a sign; what lies beyond the first plane is a pair, as telephones read it."""
    return text.encode("utf-16-be")
