"""Words for a person that another language can say too."""

from typing import Self


class Phrase(str):
    """English words, made of a template and its values; who has other words for it finds both.

    `Phrase("there is no part {part!r}", part="ct-fan")`. To logs, the command line and JSON it is a
    text like any other. The dashboard says it in the site's language: `i18n.told`.
    """

    template: str
    values: dict[str, object]

    def __new__(cls, template: str, /, **values: object) -> Self:
        phrase = super().__new__(cls, template.format(**values))
        phrase.template, phrase.values = template, values
        return phrase

    def __getnewargs_ex__(self) -> tuple[tuple[str], dict[str, object]]:
        return (self.template,), self.values
