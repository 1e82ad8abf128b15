"""What a phantom's image gives, or why it gives nothing."""

from dataclasses import dataclass

from core.errors import SourceError


@dataclass(frozen=True, slots=True)
class PhantomValue:
    """One quantity of a phantom, in the unit that the metric's name carries.

    The component is what only like is compared with like by: `120kV-B30s` of a CT, the coil of an MR.
    """

    metric: str
    value: float
    component: str = ""


class UnfitImageError(SourceError):
    """An image named as a phantom's that cannot be judged; the text says why, without what it shows."""
