"""DICOM in the site file: what this site is called, who its devices are, and what is a phantom."""

import string
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from core.schema.network import Host, Port
from core.schema.strict_model import Strict
from core.schema.tls import TlsFiles

_LETTERS = frozenset(string.printable[:95]) - {"\\"}  # of the default repertoire, PS3.5 6.2


def _ae_title(text: object) -> str:
    title = text.strip(" ") if isinstance(text, str) else ""
    if not 1 <= len(title) <= 16 or not _LETTERS.issuperset(title):
        raise ValueError(f"{text!r} is not an AE title: 1 to 16 letters, digits and signs, no \\")
    return title


AeTitle = Annotated[str, BeforeValidator(_ae_title)]  # small and capital letters are two things


class DicomTls(TlsFiles):
    """TLS of a DICOM connection. A peer without a certificate of `ca` is refused."""


class DicomIdentity(Strict):
    """By what a device is known in what it sends and in what the PACS keeps; beside its `serial`."""

    ae_titles: list[AeTitle] = []
    station_names: list[str] = []


class DicomListener(Strict):
    """Where reports, images and MPPS are taken; the modalities are told this address and port."""

    address: Host = "127.0.0.1"
    port: Port = 11112
    tls: DicomTls | None = None
    # Who may connect; empty: each AE title that a device of the site has.
    calling: list[AeTitle] = []


BY_PYLINAC = ("acr_ct", "catphan")  # kinds of phantom that pylinac reads


class Phantom(Strict):
    """What makes an image a phantom's: any other image's pixels are refused."""

    kind: Literal[
        "ct_water", "mr_uniformity", "mammography_block", "dxa_spine", "acr_ct", "catphan"
    ]
    patient_ids: list[str] = []
    protocols: list[str] = []
    model: Literal["503", "504", "600", "604", "700"] = "600"  # of a catphan

    @model_validator(mode="after")
    def _named(self) -> Self:
        if not any(name.strip() for name in (*self.patient_ids, *self.protocols)):
            raise ValueError(
                "say `patient_ids` or `protocols`: nothing else tells a phantom from a patient"
            )
        return self


class DicomNode(Strict):
    """Scanward as a DICOM node."""

    ae_title: AeTitle = "SCANWARD"
    listen: DicomListener | None = None  # None: nothing is taken
    phantoms: list[Phantom] = Field(default=[])
    pylinac: Path | None = None  # the Python that has it, in an environment of its own
