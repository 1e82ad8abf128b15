"""What suppliers ask about a kind of device, in words that are ready: who stands at it answers without a translator."""

from typing import Annotated

from pydantic import AfterValidator, StringConstraints
from pydantic_core import PydanticCustomError

from core.schema.names import Name
from core.schema.strict_model import Strict
from core.text.languages import nearest
from core.text.plain import single_line

MOST = 20  # more than anybody looks through on a telephone


def _single(text: str) -> str:
    if single_line(text) != text:
        raise PydanticCustomError("one_line", "is one line, without signs that nobody can see")
    return text


Line = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=200), AfterValidator(_single)
]


class VendorQuestion(Strict):
    """One of them; its words are copied when it is asked."""

    id: Name
    en: Annotated[Line, StringConstraints(min_length=1)]
    fa: Line = ""  # empty: the English ones

    def in_language(self, language: str) -> str:
        """The words of one language."""
        return self.fa if self.fa and nearest(language, ("en", "fa")) == "fa" else self.en


def _different(questions: list[VendorQuestion]) -> list[VendorQuestion]:
    ids = [question.id for question in questions]
    for name in ids:
        if ids.count(name) > 1:
            raise PydanticCustomError("twice", "{name} stands there twice", {"name": repr(name)})
    if len(ids) > MOST:
        raise PydanticCustomError("many", "are {most} at most", {"most": MOST})
    return questions


VendorQuestions = Annotated[list[VendorQuestion], AfterValidator(_different)]
