"""Numbers of a dose report in the units that the ledger keeps. The unit code decides, never the concept. Pure."""

from collections.abc import Mapping

# UCUM, PS3.16 CID 82 and what makers write in its place; factor to the unit named first.
_FACTORS: Mapping[str, Mapping[str, float]] = {
    "s": {"s": 1, "ms": 1e-3, "us": 1e-6, "min": 60, "sec": 1, "msec": 1e-3, "usec": 1e-6},
    "mA": {"mA": 1, "uA": 1e-3, "A": 1e3},
    "mA.s": {"mA.s": 1, "mAs": 1, "mA*s": 1, "uA.s": 1e-3, "uAs": 1e-3, "uA*s": 1e-3, "A.s": 1e3, "mC": 1, "uC": 1e-3},
    "kV": {"kV": 1, "V": 1e-3, "kVp": 1},
    "mGy": {"mGy": 1, "Gy": 1e3, "uGy": 1e-3, "cGy": 10, "dGy": 100},
    "mGy.cm": {"mGy.cm": 1, "mGycm": 1, "mGy*cm": 1, "Gy.cm": 1e3, "uGy.cm": 1e-3, "cGy.cm": 10, "mGy.m": 100},
    "Gy.cm2": {
        "Gy.m2": 1e4, "Gym2": 1e4, "mGy.m2": 10, "mGym2": 10, "uGy.m2": 1e-2, "uGym2": 1e-2,
        "Gy.cm2": 1, "Gycm2": 1, "mGy.cm2": 1e-3, "mGycm2": 1e-3, "cGy.cm2": 1e-2, "cGycm2": 1e-2,
        "dGy.cm2": 0.1, "dGycm2": 0.1, "uGy.cm2": 1e-6, "uGycm2": 1e-6, "cGy.m2": 100, "dGy.m2": 1000,
    },
    "mm": {"mm": 1, "cm": 10, "m": 1e3, "um": 1e-3},
    "N": {"N": 1, "daN": 10, "kN": 1e3, "mN": 1e-3, "kgf": 9.80665, "[lbf_av]": 4.4482216},
    "1": {"1": 1, "{events}": 1, "events": 1, "{pulses}": 1, "{frames}": 1, "no units": 1, "{X-Ray sources}": 1},
}  # fmt: skip
_TYPED_OTHERWISE = str.maketrans({"µ": "u", "μ": "u", "²": "2", "·": ".", "^": None, " ": None})


def to_unit(value: float, unit_code: str, unit: str) -> float | None:
    """`value` in `unit`; None if the code is unknown or measures something else.

    Letters count: `ms` is a time, `mS` is not.
    """
    codes = _FACTORS[unit]
    factor = codes.get(unit_code.strip())
    if factor is None:
        factor = codes.get(unit_code.translate(_TYPED_OTHERWISE))
    return None if factor is None else float(f"{value * factor:.12g}")
