"""What is only compared with its like: another kV, kernel or coil is another chart."""

import math
import re

from pydicom.dataset import Dataset

_NOT_WORD = re.compile(r"[^A-Za-z0-9.]+")


def ct_component(dataset: Dataset) -> str:
    """`120kV-B30s`: noise depends on the kernel, and both may have a chart of their own."""
    kernel = dataset.get("ConvolutionKernel")
    if not isinstance(kernel, str) and kernel is not None:
        kernel = next(iter(kernel), None)
    try:
        kv = float(dataset.get("KVP"))
    except (TypeError, ValueError):
        kv = math.nan
    parts = [f"{kv:.0f}kV" if 20 <= kv <= 200 else "", word(kernel)]
    return "-".join(part for part in parts if part)


def coil_component(dataset: Dataset) -> str:
    """The coil that received."""
    return word(dataset.get("ReceiveCoilName"))


def word(text: object) -> str:
    """Letters and digits of a name of the scanner's own, 16 at most: SH is no longer."""
    return _NOT_WORD.sub("_", str(text or "").strip())[:16].strip("_")
