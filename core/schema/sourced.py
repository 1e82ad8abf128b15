"""What says where it comes from: the maker, something published, or us."""

from typing import Literal, Self

from pydantic import model_validator

from core.schema.strict_model import Strict

Basis = Literal["maker", "published", "engineering"]


class Sourced(Strict):
    """Something that a person may want to read up."""

    basis: Basis = "engineering"
    source: str = ""  # required unless engineering: where it can be read

    @model_validator(mode="after")
    def _sourced(self) -> Self:
        if self.basis != "engineering" and not self.source:
            raise ValueError(f"basis {self.basis!r} needs a `source`")
        return self
