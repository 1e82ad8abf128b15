"""What a telephone reads out of an SMS-SUBMIT, written from 3GPP TS 23.040 and 23.038 alone."""

from dataclasses import dataclass

BASIC = [
    "@",
    "£",
    "$",
    "¥",
    "è",
    "é",
    "ù",
    "ì",
    "ò",
    "Ç",
    "LF",
    "Ø",
    "ø",
    "CR",
    "Å",
    "å",
    "Δ",
    "_",
    "Φ",
    "Γ",
    "Λ",
    "Ω",
    "Π",
    "Ψ",
    "Σ",
    "Θ",
    "Ξ",
    "ESC",
    "Æ",
    "æ",
    "ß",
    "É",
    "SP",
    "!",
    '"',
    "#",
    "¤",
    "%",
    "&",
    "'",
    "(",
    ")",
    "*",
    "+",
    ",",
    "-",
    ".",
    "/",
    "0",
    "1",
    "2",
    "3",
    "4",
    "5",
    "6",
    "7",
    "8",
    "9",
    ":",
    ";",
    "<",
    "=",
    ">",
    "?",
    "¡",
    "A",
    "B",
    "C",
    "D",
    "E",
    "F",
    "G",
    "H",
    "I",
    "J",
    "K",
    "L",
    "M",
    "N",
    "O",
    "P",
    "Q",
    "R",
    "S",
    "T",
    "U",
    "V",
    "W",
    "X",
    "Y",
    "Z",
    "Ä",
    "Ö",
    "Ñ",
    "Ü",
    "§",
    "¿",
    "a",
    "b",
    "c",
    "d",
    "e",
    "f",
    "g",
    "h",
    "i",
    "j",
    "k",
    "l",
    "m",
    "n",
    "o",
    "p",
    "q",
    "r",
    "s",
    "t",
    "u",
    "v",
    "w",
    "x",
    "y",
    "z",
    "ä",
    "ö",
    "ñ",
    "ü",
    "à",
]
NAMED = {"LF": "\n", "CR": "\r", "SP": " ", "ESC": "\x1b"}
AFTER_ESCAPE = {
    10: "\f", 20: "^", 40: "{", 41: "}", 47: "\\", 60: "[", 61: "~", 62: "]", 64: "|", 101: "€",
}  # fmt: skip


@dataclass(frozen=True)
class Read:
    number: str
    text: str
    part: tuple[int, int, int] | None  # reference, of how many, which
    octets: int  # of the user data


def read_pdu(content: str, length: int) -> Read:
    octets = list(bytes.fromhex(content))
    centre = octets.pop(0)
    assert centre == 0
    assert len(octets) == length
    first, _reference, digits, kind = octets[:4]
    assert first & 0b11 == 1, "SMS-SUBMIT"
    assert first & 0b11000 == 0b10000, "relative validity"
    end = 4 + (digits + 1) // 2
    number = "".join(f"{octet & 15:x}{octet >> 4:x}" for octet in octets[4:end])[:digits]
    protocol, coding, _validity, size, *data = octets[end:]
    assert protocol == 0
    assert len(data) <= 140
    has_header = bool(first & 0x40)
    header = data[: data[0] + 1] if has_header else []
    part = None
    if header:
        assert header[:3] == [5, 0, 3]
        part = (header[3], header[4], header[5])
    if coding == 8:
        assert size == len(data)
        text = bytes(data[len(header) :]).decode("utf-16-be")
    else:
        assert coding == 0
        assert len(data) == (size * 7 + 7) // 8
        bits = "".join(f"{octet:08b}"[::-1] for octet in data)
        codes = [int(bits[7 * at : 7 * at + 7][::-1], 2) for at in range(size)]
        text = read_codes(codes[(len(header) * 8 + 6) // 7 :])
    return Read(("+" if kind == 0x91 else "") + number, text, part, len(data))


def read_codes(codes: list[int]) -> str:
    text, is_escaped = "", False
    for code in codes:
        if is_escaped:
            text += AFTER_ESCAPE[code]
            is_escaped = False
        elif code == 27:
            is_escaped = True
        else:
            text += NAMED.get(BASIC[code], BASIC[code])
    assert not is_escaped, "an escape sequence is torn"
    return text
