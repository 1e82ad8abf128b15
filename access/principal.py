"""Who is at a door: a person in a browser, or a program with a token of theirs."""

from dataclasses import dataclass
from typing import NamedTuple

from core.vocabulary.rights import Right, rights_of
from storage.records import User


class Author(NamedTuple):
    """In whose name something is written, what they may, and from where: a person, or who follows a link."""

    name: str
    rights: frozenset[Right]
    address: str = ""


@dataclass(frozen=True, slots=True)
class Principal:
    """A person, and what they may do here and now."""

    user_id: int
    name: str  # to sign in with
    full_name: str  # in the rows they write
    roles: tuple[str, ...]
    language: str  # empty: the site's
    rights: frozenset[Right]
    address: str = ""  # of their machine, as far as the server knows
    session_id: int | None = None  # None: by a token

    @property
    def author(self) -> Author:
        """What they write is theirs."""
        return Author(self.full_name, self.rights, self.address)


def principal(user: User, address: str = "", session_id: int | None = None) -> Principal:
    """A user with all that their roles allow."""
    return Principal(
        user.id,
        user.name,
        user.full_name,
        tuple(user.roles),
        user.language,
        rights_of(user.roles),
        address,
        session_id,
    )
