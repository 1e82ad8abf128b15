"""Which SOP classes and transfer syntaxes are taken. Pure."""

from collections.abc import Iterable

from collectors.dicom.receiver.pdu import (
    ACCEPTED,
    NO_ABSTRACT_SYNTAX,
    NO_TRANSFER_SYNTAX,
    ContextResult,
    OfferedContext,
)

VERIFICATION = "1.2.840.10008.1.1"
MPPS = "1.2.840.10008.3.1.2.3.3"
_STORAGE = "1.2.840.10008.5.1.4.1.1."
REPORTS = frozenset(
    (f"{_STORAGE}88.67", f"{_STORAGE}88.22", f"{_STORAGE}88.33")
)  # X-Ray Radiation Dose, Enhanced and Comprehensive SR
IMAGES = frozenset(
    _STORAGE + suffix
    for suffix in (
        *("1", "1.1", "1.1.1", "1.2", "1.2.1", "1.3", "1.3.1"),  # CR, DX, MG, intra-oral
        *("2", "2.1", "2.2"),  # CT, enhanced, legacy enhanced
        *("4", "4.1", "4.4"),  # MR
        *("6", "6.1", "3", "3.1"),  # US, and its retired and multi-frame forms
        *("7", "7.1", "7.2", "7.3", "7.4"),  # secondary capture
        *("12.1", "12.1.1", "12.2", "12.2.1", "12.3"),  # XA, RF, enhanced
        *("13.1.1", "13.1.2", "13.1.3", "13.1.4", "13.1.5"),  # 3D X-ray, breast tomosynthesis
    )
)
SECONDARY_CAPTURE = frozenset(_STORAGE + suffix for suffix in ("7", "7.1", "7.2", "7.3", "7.4"))
STORAGE = REPORTS | IMAGES

_UNCOMPRESSED = (
    "1.2.840.10008.1.2.1",  # explicit VR little endian
    "1.2.840.10008.1.2",
    "1.2.840.10008.1.2.1.99",  # deflated
    "1.2.840.10008.1.2.2",  # explicit VR big endian
)
_TRANSFER_SYNTAXES = "1.2.840.10008.1.2"


def answer_contexts(offered: Iterable[OfferedContext]) -> list[ContextResult]:
    """Each context with the transfer syntax that costs least, or with why it is not taken.

    Of images any syntax is taken: pixels stay as they are, and headers are never compressed.
    """
    return [_answer(context) for context in offered]


def _answer(context: OfferedContext) -> ContextResult:
    syntaxes = context.transfer_syntaxes
    fallback = syntaxes[0] if syntaxes else _UNCOMPRESSED[1]
    if context.abstract_syntax not in STORAGE | {VERIFICATION, MPPS}:
        return ContextResult(context.id, NO_ABSTRACT_SYNTAX, fallback)
    known = [syntax for syntax in _UNCOMPRESSED if syntax in syntaxes]
    if context.abstract_syntax in STORAGE:
        known += [syntax for syntax in syntaxes if syntax.startswith(_TRANSFER_SYNTAXES)]
    if not known:
        return ContextResult(context.id, NO_TRANSFER_SYNTAX, fallback)
    return ContextResult(context.id, ACCEPTED, known[0])
