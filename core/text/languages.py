"""Which languages there are: a file of `core/text/words` is one, and says of itself what it is called.

`[language]` holds its name in its own words, `direction = "rtl"` where lines begin at the right, and
`falls_back_to`, whose words stand where it has none yet: for Pashto that is Dari, of the same letters and
direction, which nearly everybody in Herat reads who reads Pashto. English is the last of every line.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, WithJsonSchema

from core.text.catalogue import FALLBACK, SHARED, line_of, load_words


def written_in(folder: Path) -> tuple[str, ...]:
    """In which languages a folder has words, English first."""
    codes = sorted(path.stem for path in folder.glob("*.toml"))
    return tuple(sorted(codes, key=lambda code: code != FALLBACK))


LANGUAGES = written_in(SHARED)


def name_of(language: str) -> str:
    """What it calls itself: `دری`."""
    return load_words(SHARED, language).get("language.name", language)


def is_rtl(language: str) -> bool:
    """Does a line begin at the right?"""
    return load_words(SHARED, language).get("language.direction") == "rtl"


def nearest(language: str, offered: Iterable[str]) -> str:
    """The one of those offered that is read by who reads `language`; English if none is."""
    codes = set(offered)
    return next((code for code in line_of(language) if code in codes), FALLBACK)


def _known(language: str) -> str:
    if language not in LANGUAGES:
        raise ValueError(f"{language!r} is none of {', '.join(LANGUAGES)}")
    return language


Language = Annotated[
    str, AfterValidator(_known), WithJsonSchema({"type": "string", "enum": list(LANGUAGES)})
]
