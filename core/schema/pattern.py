"""Regular expressions, as profiles write them."""

import re
from typing import Annotated

from pydantic import BeforeValidator


def _regex(text: object) -> str:
    if not isinstance(text, str):
        raise ValueError("a pattern is a text")
    try:
        re.compile(text)
    except (re.error, OverflowError, RecursionError) as error:
        raise ValueError(f"not a regular expression: {error}") from None
    return text


Pattern = Annotated[str, BeforeValidator(_regex)]
