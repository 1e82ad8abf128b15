"""What is typed on a round, and what is asked about it: one table for the server and for the phone."""

from typing import Literal, NamedTuple

Answer = Literal["taken", "asked", "refused"]


class Typed(NamedTuple):
    """Typed into the box of a metric, a day after its last reading."""

    metric: str
    text: str
    answer: Answer
    value: float | None = None


# `used_s` stood at 131 000 yesterday and grows by 1 000 a day; `pressure_kpa` was 22.4 to 22.8 and is plausible
# from 0 to 500; `offset_hu` moves about zero; `new_count` stood at 49 000 once; `never_c` was never read.
CASES = (
    Typed("pressure_kpa", "22.5", "taken", 22.5),
    Typed("pressure_kpa", " ۲۲٫۵\u200f", "taken", 22.5),
    Typed("pressure_kpa", "٢٢,٥", "taken", 22.5),
    Typed("pressure_kpa", "22,5", "taken", 22.5),
    Typed("pressure_kpa", "0022.50", "taken", 22.5),
    Typed("pressure_kpa", "225", "asked", 225.0),
    Typed("pressure_kpa", "2.25", "asked", 2.25),
    Typed("pressure_kpa", "0", "asked", 0.0),
    Typed("pressure_kpa", "2250", "refused"),
    Typed("pressure_kpa", "-22.5", "refused"),
    Typed("pressure_kpa", "22.5 kPa", "refused"),
    Typed("pressure_kpa", "22.5kPa", "refused"),
    Typed("pressure_kpa", "22.5 psi", "refused"),
    Typed("pressure_kpa", "22.5.1", "refused"),
    Typed("pressure_kpa", "1,250", "refused"),
    Typed("pressure_kpa", "۱,۲۵۰", "refused"),
    Typed("pressure_kpa", "2e1", "refused"),
    Typed("pressure_kpa", "NaN", "refused"),
    Typed("pressure_kpa", "22.500000000000000001", "refused"),
    Typed("pressure_kpa", "0.30000000000000004", "asked", 0.30000000000000004),
    Typed("pressure_kpa", "1" * 21, "refused"),
    Typed("used_s", "132000", "taken", 132_000.0),
    Typed("used_s", "۱۳۲۰۰۰", "taken", 132_000.0),
    Typed("used_s", "13200", "asked", 13_200.0),
    Typed("used_s", "1320000", "asked", 1_320_000.0),
    Typed("used_s", "130999.9", "asked", 130_999.9),
    Typed("used_s", "131000", "taken", 131_000.0),
    Typed("used_s", "12345678901234567890", "refused"),  # a float has not all of its digits
    Typed("new_count", "49001", "taken", 49_001.0),
    Typed("new_count", "489999", "taken", 489_999.0),
    Typed("new_count", "490000", "asked", 490_000.0),
    Typed("offset_hu", "9", "taken", 9.0),
    Typed("offset_hu", "\u22120.5", "taken", -0.5),
    Typed("offset_hu", "-0", "taken", 0.0),
    Typed("offset_hu", "0.0000001", "taken", 1e-7),
    Typed("never_c", "21", "taken", 21.0),
    Typed("never_c", "100000000000000000000"[:20], "taken", 1e19),
)
