"""The likely cause of a value that cannot be true: the right quantity in another unit."""

from collections.abc import Callable, Iterator

from core.text.phrase import Phrase

PSI = 6.894757  # kPa
NEAR = 0.12  # of the last true value: so far the guess may be off
DEGREES = 2.0  # of a temperature, which changes little from one reading to the next

FAHRENHEIT = Phrase("looks like Fahrenheit")
KELVIN = Phrase("looks like kelvin")
CELSIUS = Phrase("looks like Celsius")
IN_PSI = Phrase("looks like psi")
IN_KPA = Phrase("looks like kPa")
IN_MBAR = Phrase("looks like mbar")
TIMES_10 = Phrase("looks like a factor of 10")

Unit = tuple[Phrase, Callable[[float], float]]  # and the value in the metric's own unit


def looks_like(name: str, shown: float, usual: float) -> str:
    """Which unit `shown` would be in if it was about `usual`; empty if none comes near.

    `name` is the metric's, which carries its unit.
    """
    best, cause = 1.0, ""
    for words, own in _units(name.rsplit("_", 1)[-1]):
        near = DEGREES if words in (FAHRENHEIT, KELVIN, CELSIUS) else NEAR * abs(usual)
        apart = abs(own(shown) - usual) / max(near, 1e-9)
        if apart < best:
            best, cause = apart, words
    return cause


def _units(unit: str) -> Iterator[Unit]:
    by_unit: dict[str, list[Unit]] = {
        "c": [(FAHRENHEIT, lambda x: (x - 32.0) / 1.8), (KELVIN, lambda x: x - 273.15)],
        "k": [(CELSIUS, lambda x: x + 273.15), (FAHRENHEIT, lambda x: (x + 459.67) / 1.8)],
        "f": [(CELSIUS, lambda x: x * 1.8 + 32.0)],
        "psi": [(IN_KPA, lambda x: x / PSI), (IN_MBAR, lambda x: x / (10.0 * PSI))],
        "kpa": [(IN_PSI, lambda x: x * PSI), (IN_MBAR, lambda x: x / 10.0)],
        "mbar": [(IN_PSI, lambda x: x * 10.0 * PSI), (IN_KPA, lambda x: x * 10.0)],
        "bar": [(IN_PSI, lambda x: x * PSI / 100.0), (IN_KPA, lambda x: x / 100.0)],
    }
    yield from by_unit.get(unit, [])
    yield TIMES_10, lambda x: x / 10.0
    yield TIMES_10, lambda x: x * 10.0
