"""The files of TLS."""

from pathlib import Path
from typing import Self

from pydantic import model_validator

from core.schema.strict_model import Strict


class TlsFiles(Strict):
    """`ca` signs the peer's certificate; `certificate` and `key` are what we show."""

    ca: Path | None = None  # None: the system's authorities
    certificate: Path | None = None
    key: Path | None = None

    @model_validator(mode="after")
    def _paired(self) -> Self:
        if (self.certificate is None) != (self.key is None):
            raise ValueError("`certificate` and `key` belong together")
        return self
