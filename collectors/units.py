"""Units as devices spell them, and numbers from one to another. A small table, not a library. Pure."""

import unicodedata
from functools import lru_cache
from typing import NamedTuple


class UnitError(Exception):
    """A stated unit that is not known, or that measures something else than the metric."""


class _Scale(NamedTuple):
    """value in the base unit of `dimension` = number * factor + shift."""

    dimension: str
    factor: float
    shift: float = 0.0


_KELVIN = 273.15
# Dimension, factor, shift: the spellings, exactly as written first, in any case of letters then.
_TABLE: tuple[tuple[_Scale, str], ...] = (
    (_Scale("temperature", 1), "°C|C|degC|deg C|celsius|degree celsius|degrees celsius|degrees C|C°|Cel|'C|oC|centigrade"),
    (_Scale("temperature", 5 / 9, -32 * 5 / 9), "°F|F|degF|deg F|fahrenheit|degree fahrenheit|degrees fahrenheit|degrees F|F°|'F|oF"),
    (_Scale("temperature", 1, -_KELVIN), "K|°K|kelvin"),
    (_Scale("ratio", 1), "%|percent|pct|%RH|% r.H|% RH|%rH|RH%|percentage|perc"),
    (_Scale("ratio", 100), "ratio|fraction"),
    (_Scale("ratio", 0.0001), "ppm"),
    (_Scale("voltage", 1), "V|volt|volts|VAC|VDC|V AC|V DC|Vrms"),
    (_Scale("voltage", 1e-3), "mV|millivolt|millivolts"),
    (_Scale("voltage", 1e3), "kV|kilovolt|kilovolts"),
    (_Scale("current", 1), "A|amp|amps|ampere|amperes"),
    (_Scale("current", 1e-3), "mA|milliampere|milliamperes|milliamp|milliamps"),
    (_Scale("current", 1e3), "kA"),
    (_Scale("power", 1), "W|watt|watts"),
    (_Scale("power", 1e-3), "mW|milliwatt|milliwatts"),
    (_Scale("power", 1e3), "kW|kilowatt|kilowatts"),
    (_Scale("power", 1e6), "MW|megawatt|megawatts"),
    (_Scale("apparent power", 1), "VA"),
    (_Scale("apparent power", 1e3), "kVA"),
    (_Scale("energy", 1), "Wh"),
    (_Scale("energy", 1e3), "kWh"),
    (_Scale("energy", 1e6), "MWh"),
    (_Scale("energy", 1 / 3600), "J|joule|joules"),
    (_Scale("frequency", 1), "Hz|hertz"),
    (_Scale("frequency", 1e3), "kHz"),
    (_Scale("frequency", 1e6), "MHz"),
    (_Scale("pressure", 1), "Pa|pascal"),
    (_Scale("pressure", 100), "hPa|mbar|millibar|millibars|hectopascal"),
    (_Scale("pressure", 1e3), "kPa|kilopascal"),
    (_Scale("pressure", 1e6), "MPa"),
    (_Scale("pressure", 1e5), "bar"),
    (_Scale("pressure", 133.322387415), "mmHg|mm Hg|torr"),
    (_Scale("pressure", 3386.389), "inHg|in Hg|\"Hg"),
    (_Scale("pressure", 6894.757293168), "psi|PSIG|lbf/in2"),
    (_Scale("pressure", 101325), "atm"),
    (_Scale("time", 1), "s|sec|secs|second|seconds"),
    (_Scale("time", 1e-3), "ms|msec|millisecond|milliseconds"),
    (_Scale("time", 60), "min|mins|minute|minutes"),
    (_Scale("time", 3600), "h|hr|hrs|hour|hours"),
    (_Scale("time", 86400), "d|day|days"),
    (_Scale("flow", 1), "l/min|lpm|litre/min|liter/min"),
    (_Scale("flow", 60), "l/s"),
    (_Scale("flow", 1000 / 60), "m3/h"),
    (_Scale("flow", 3.785411784), "gpm|gal/min"),
    (_Scale("data", 1), "B|byte|bytes"),
    (_Scale("data", 1e3), "kB"),
    (_Scale("data", 1e6), "MB"),
    (_Scale("data", 1e9), "GB"),
    (_Scale("data", 1e12), "TB"),
    (_Scale("data", 2**10), "KiB"),
    (_Scale("data", 2**20), "MiB"),
    (_Scale("data", 2**30), "GiB"),
    (_Scale("data", 2**40), "TiB"),
    (_Scale("force", 1), "N|newton"),
    (_Scale("force", 1e3), "kN"),
    (_Scale("force", 1e-2), "cN"),
    (_Scale("length", 1), "m|metre|meter"),
    (_Scale("length", 1e-2), "cm"),
    (_Scale("length", 1e-3), "mm"),
    (_Scale("length", 0.0254), "in|inch"),
    (_Scale("light", 1), "lx|lux"),
    (_Scale("rotation", 1), "rpm|1/min"),
    (_Scale("areal density", 1), "g/cm2"),
    (_Scale("signal", 1), "dBm"),
)  # fmt: skip

# What a metric's name ends in, where its profile says no unit.
_SUFFIXES = {
    "c": "°C", "f": "°F", "k": "K", "pct": "%", "v": "V", "a": "A", "w": "W", "kwh": "kWh", "hz": "Hz",
    "psi": "psi", "hpa": "hPa", "kpa": "kPa", "bar": "bar", "gpm": "gpm", "lpm": "l/min", "ms": "ms",
    "s": "s", "min": "min", "bytes": "B", "mb": "MB", "ma": "mA", "mv": "mV", "rpm": "rpm", "ppm": "ppm",
}  # fmt: skip
_TYPED_OTHERWISE = str.maketrans({"º": "°", "˚": "°", "٪": "%", "℃": "°C", "℉": "°F"})


@lru_cache(maxsize=1024)
def own_unit(metric: str, unit: str) -> str:
    """The unit of a metric: its profile's, else the one that its name ends in; empty for none."""
    return unit or _SUFFIXES.get(metric.rpartition("_")[2], "")


def is_known(unit: str) -> bool:
    """Is this a unit in any spelling?"""
    return _scale_of(unit) is not None


def measures(unit: str, dimension: str) -> bool:
    """Is this a unit of `dimension`, such as `temperature`?"""
    scale = _scale_of(unit)
    return scale is not None and scale.dimension == dimension


def are_comparable(unit: str, other: str) -> bool:
    """Do both measure the same?"""
    first, second = _scale_of(unit), _scale_of(other)
    return first is not None and second is not None and first.dimension == second.dimension


def is_same(stated: str, own: str) -> bool:
    """Do both mean one unit? A metric without a unit takes any."""
    return not own or _plain(stated) == _plain(own) or _same_scale(stated, own)


def convert(number: float, stated: str, own: str) -> float:
    """`number` in the unit `own`. UnitError if `stated` is unknown or measures something else."""
    if is_same(stated, own):
        return number
    source, target = _scale_of(stated), _scale_of(own)
    if source is None:
        raise UnitError("a unit that is not known")
    if target is None or source.dimension != target.dimension:
        raise UnitError(f"a unit that is not one of {own}")
    base = number * source.factor + source.shift
    return float(f"{(base - target.shift) / target.factor:.12g}")


def _same_scale(stated: str, own: str) -> bool:
    scale = _scale_of(stated)
    return scale is not None and scale == _scale_of(own)


def _plain(unit: str) -> str:
    text = unit.replace("Â°", "°").translate(_TYPED_OTHERWISE)
    return " ".join(unicodedata.normalize("NFKC", text).split()).removesuffix(".")


@lru_cache(maxsize=256)
def _scale_of(unit: str) -> _Scale | None:
    name = _plain(unit)
    for candidate in (name, name.replace(" ", "")):
        if candidate in _EXACT:
            return _EXACT[candidate]
    return _LOOSE.get(name.casefold()) or _LOOSE.get(name.replace(" ", "").casefold())


def _spelt(*, exactly: bool) -> dict[str, _Scale]:
    """Each spelling; in any case of letters those are left out that would then mean two units."""
    spelt: dict[str, set[_Scale]] = {}
    for scale, names in _TABLE:
        for name in names.split("|"):
            spelt.setdefault(name if exactly else name.casefold(), set()).add(scale)
    return {name: min(scales) for name, scales in spelt.items() if len(scales) == 1}


_EXACT, _LOOSE = _spelt(exactly=True), _spelt(exactly=False)
