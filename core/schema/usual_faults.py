"""What usually goes wrong with a kind of device, as whoever stands at it would say it: a few words to press."""

from typing import Annotated

from pydantic import StringConstraints

from core.schema.strict_model import Strict
from core.text.languages import nearest

MOST_USUAL_FAULTS = 6  # of a profile: so many fit on a telephone without scrolling

ShortWords = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]


class UsualFault(Strict):
    """One of them, in every language of the form. The English words are its name in the records."""

    en: ShortWords
    fa: ShortWords

    def in_language(self, language: str) -> str:
        """The words of one language."""
        return self.fa if nearest(language, ("en", "fa")) == "fa" else self.en
