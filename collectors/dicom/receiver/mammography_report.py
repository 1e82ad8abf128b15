"""What a dose report says of a mammogram beside its load: compression and average glandular dose, by view. Pure.

Rows of TID 10003 (PS3.16); the view of CID 4014, the side of CID 244, as SNOMED CT or as its older letters.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import tzinfo
from typing import NamedTuple

from collectors.dicom.common.attributes import first_text
from collectors.dicom.common.dataset import Attributes
from collectors.dicom.common.dicom_times import read_date_time
from collectors.dicom.receiver.content import ContentItem, code

GLANDULAR_DOSE, THICKNESS, FORCE = "111631", "111633", "111647"
TOTAL_GLANDULAR_DOSE = "111637"
_VIEW, _TARGET, _STARTED = "111031", "123014", "111526"
_LATERALITY = {"SCT": "272741003", "SRT": "G-C171", "SNM3": "G-C171"}
_VIEWS: Mapping[str, str] = {
    "399162004": "CC", "R-10242": "CC",
    "399368009": "MLO", "R-10226": "MLO",
    "399260004": "ML", "R-10224": "ML",
    "399352003": "LM", "R-10228": "LM",
    "399099002": "LMO", "R-10230": "LMO",
    "399196006": "FB", "R-10244": "FB",
    "399188001": "SIO", "R-102D0": "SIO",
    "441555000": "ISO",
    "399265009": "XCC", "R-102CF": "XCC",
    "399192008": "XCCL", "R-1024A": "XCCL",
    "399101009": "XCCM", "R-1024B": "XCCM",
}  # fmt: skip
_SIDES: Mapping[str, str] = {"24028007": "R", "G-A100": "R", "7771000": "L", "G-A101": "L"}


class MammographyView(NamedTuple):
    """One exposure. What the report does not say is None; 0 is no compression and no dose."""

    at: int  # UTC ms
    view: str  # side and projection: `RCC`, `LMLO`; empty if neither is known
    thickness_mm: float | None
    force_n: float | None
    glandular_dose_mgy: float | None


def mammography_view(
    event: ContentItem, at: int, zone: tzinfo, unknown: set[str]
) -> MammographyView | None:
    """Of an irradiation event; None if it is of no mammogram. `at` is when, unless the event says it."""
    values = [
        event.number(concept, unit, unknown) or None
        for concept, unit in ((THICKNESS, "mm"), (FORCE, "N"), (GLANDULAR_DOSE, "mGy"))
    ]
    if values == [None] * 3:
        return None
    began = read_date_time(event.date_time(_STARTED), zone)
    return MammographyView(at if began is None else began, _view(event), *values)


def disagreements(
    totals: Iterable[ContentItem], views: Iterable[MammographyView], unknown: set[str]
) -> Iterator[tuple[float, float]]:
    """The total of the report and what its events add up to, mGy, of each side that has both."""
    of_events: dict[str, float] = {}
    for view in views:
        if view.glandular_dose_mgy is not None:
            side = view.view[:1]
            of_events[side] = of_events.get(side, 0.0) + view.glandular_dose_mgy
    for total in totals:
        for item in total.items(TOTAL_GLANDULAR_DOSE):
            side = _side(item)
            for value in total.values_of(item, "mGy", unknown):
                if side in of_events:
                    yield value, of_events[side]


def _view(event: ContentItem) -> str:
    items = [*event.items(_VIEW), *event.items(_TARGET)]
    projections = (_VIEWS.get(_value(item), "") for item in event.items(_VIEW))
    return first_text([_side(item) for item in items]) + first_text([*projections])


def _side(item: Attributes) -> str:
    """Of its concept modifier."""
    for modifier in item.items("ContentSequence"):
        concept = modifier.item("ConceptNameCodeSequence")
        if any(code(concept, scheme) == value for scheme, value in _LATERALITY.items()):
            return _SIDES.get(_value(modifier), "")
    return ""


def _value(item: Attributes) -> str:
    return item.item("ConceptCodeSequence").text("CodeValue")
