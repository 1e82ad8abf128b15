"""Bone density of the DXA phantom, out of a structured report.

What Hologic's software sends is a secondary capture, whose numbers are private or burnt in, and with
its DICOM option an Enhanced SR (APEX DICOM conformance statement, MAN-03649); DICOM has no template
for it. So what is read is any numeric content item in g/cm2 (UCUM), the unit of nothing else: the
only one, or the only one that is of all vertebrae together. Otherwise it stays a thing for hands.
"""

import math
import re
from collections.abc import Iterator
from typing import NamedTuple

from pydicom.dataset import Dataset

from collectors.dicom.phantoms.measured import PhantomValue, UnfitImageError

_UNITS = {"g/cm2": 1.0, "mg/cm2": 0.001, "kg/m2": 0.1}
_MOST_ITEMS = 10_000
_DEEPEST = 20
_TOTAL = re.compile(r"\b(total|l1\s*-\s*l4|mean)\b", re.IGNORECASE)


class _Density(NamedTuple):
    g_cm2: float
    is_total: bool


def judge_dxa_spine(dataset: Dataset) -> list[PhantomValue]:
    """The phantom's bone mineral density in g/cm2."""
    modality = str(dataset.get("Modality") or "")[:16]
    if "ContentSequence" not in dataset:
        raise UnfitImageError(
            f"modality {modality!r} without a content tree: type the value by hand"
        )
    densities = list(_densities(dataset))
    totals = [density for density in densities if density.is_total]
    chosen = {density.g_cm2 for density in totals or densities}
    if not chosen:
        raise UnfitImageError("the report has no number in g/cm2")
    if len(chosen) > 1:
        raise UnfitImageError(
            f"the report has {len(chosen)} densities and does not say which is of the whole phantom"
        )
    return [PhantomValue("phantom_bmd_g_cm2", chosen.pop())]


def _densities(dataset: Dataset) -> Iterator[_Density]:
    waiting = [(item, False, 1) for item in dataset.ContentSequence]
    for _ in range(_MOST_ITEMS):
        if not waiting:
            return
        item, is_total, depth = waiting.pop()
        is_total = is_total or _names_total(item)
        value = _g_cm2(item) if item.get("ValueType") == "NUM" else None
        if value is not None:
            yield _Density(value, is_total)
        if depth < _DEEPEST:
            waiting += [(child, is_total, depth + 1) for child in item.get("ContentSequence") or ()]


def _names_total(item: Dataset) -> bool:
    """By the meaning of its concept name: no scheme of codes for it is public."""
    codes = item.get("ConceptNameCodeSequence") or ()
    return any(_TOTAL.search(str(code.get("CodeMeaning") or "")) for code in codes)


def _g_cm2(item: Dataset) -> float | None:
    for measured in item.get("MeasuredValueSequence") or ():
        units = measured.get("MeasurementUnitsCodeSequence") or ()
        factor = next((_UNITS.get(str(unit.get("CodeValue"))) for unit in units), None)
        if factor is None:
            continue
        try:
            value = float(measured.NumericValue) * factor
        except (AttributeError, TypeError, ValueError):
            continue
        if math.isfinite(value) and value > 0:
            return value
    return None
