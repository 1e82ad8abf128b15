"""English words for a person, with what it takes to translate them."""

from typing import Self


class Phrase(str):
    """English words made of a template and its values, which are kept beside them.

    `Phrase("there is no part {part!r}", part="ct-fan")`. To logs, the command line and JSON it is a
    text like any other. `Catalogue.translate` finds other words for it by its template.
    """

    template: str
    values: dict[str, object]

    def __new__(cls, template: str, /, **values: object) -> Self:
        phrase = super().__new__(cls, template.format(**values))
        phrase.template, phrase.values = template, values
        return phrase

    @classmethod
    def stored(cls, text: str) -> Self:
        """Words without values, as they were stored: their own template."""
        return cls(text.replace("{", "{{").replace("}", "}}"))

    def __getnewargs_ex__(self) -> tuple[tuple[str], dict[str, object]]:
        return (self.template,), self.values
