"""Datagrams as a bad line, or a bad neighbour, leaves them."""

import random


def spoiled(datagram: bytes, dice: random.Random) -> bytes:
    """Bits flipped, cut off, stuffed, repeated, or nothing but noise."""
    octets_of = bytearray(datagram)
    match dice.randrange(6):
        case 0:
            return bytes(octets_of[: dice.randrange(len(octets_of))])
        case 1:
            at = dice.randrange(len(octets_of))
            octets_of[at:at] = dice.randbytes(dice.randrange(1, 9))
        case 2:
            return dice.randbytes(dice.randrange(80))
        case 3:
            at = dice.randrange(len(octets_of))
            octets_of[at : at + dice.randrange(1, 5)] = b""
        case _:
            for _ in range(dice.randrange(1, 4)):
                octets_of[dice.randrange(len(octets_of))] = dice.randrange(256)
    return bytes(octets_of)
