"""Secrets are named in YAML, never written there: `env:NAME` or `file:PATH`."""

import os
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, InstanceOf

from core.bounded_file import KEY, read_bounded
from core.errors import ConfigError, Mistake

FORMS = ("env:", "file:")


class Secret:
    """Where a secret is kept; the value is read only when it is used, and never printed."""

    def __init__(self, where: str) -> None:
        self.where = where

    def __repr__(self) -> str:
        return f"Secret({self.where!r})" if self.where.startswith(FORMS) else "Secret(...)"

    def reveal(self) -> str:
        """The secret itself. ConfigError if its variable or file is absent."""
        form, _, name = self.where.partition(":")
        try:
            if form == "env":
                return os.environ[name]
            if form == "file":
                return read_bounded(Path(name), KEY).decode().strip()
        except KeyError:
            raise _absent(self.where, f"the environment variable {name} is not set") from None
        except OSError as error:
            raise _absent(self.where, f"cannot be read: {error.strerror}") from None
        return self.where


def _absent(where: str, text: str) -> ConfigError:
    return ConfigError([Mistake("secret", where, text)])


def _only_named(value: object) -> Secret:
    if isinstance(value, Secret):
        return value
    if not isinstance(value, str) or not value.startswith(FORMS):
        raise ValueError("write env:NAME or file:PATH, not the secret itself")
    return Secret(value)


def _named_or_plain(value: object) -> Secret:
    if isinstance(value, Secret):
        return value
    if not isinstance(value, str) or not value:
        raise ValueError("write env:NAME, file:PATH or a word")
    return Secret(value)


NamedSecret = Annotated[InstanceOf[Secret], BeforeValidator(_only_named)]


# An SNMP community is often the public word `public`; asking to hide that would be theatre.
Community = Annotated[InstanceOf[Secret], BeforeValidator(_named_or_plain)]
