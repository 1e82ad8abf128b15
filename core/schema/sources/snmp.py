"""SNMP: how an agent is reached, and which of its objects are metrics."""

import re
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from core.schema.names import Name
from core.schema.network import Host, Port
from core.schema.pattern import Pattern
from core.schema.secret import Community, NamedSecret
from core.schema.strict_model import Strict
from core.time.clock import SECOND
from core.time.duration import Duration

_OID = re.compile(r"\d+(\.\d+)+")


_MISTYPED = str.maketrans({"O": "0", "o": "0", "I": "1", "l": "1", ",": "."})


def _numeric_oid(text: object) -> str:
    if isinstance(text, str):
        plain = text.strip().removeprefix(".")
        if _OID.fullmatch(plain):
            return plain
        guess = plain.translate(_MISTYPED)
        hint = f" (did you mean {guess!r}?)" if _OID.fullmatch(guess) else ""
        raise ValueError(f"{text!r} is not a numeric OID such as 1.3.6.1.2.1.1.3.0{hint}")
    raise ValueError(f"{text!r} is not an OID; put it in quotes, as '1.3.6.1.2.1.1.3.0'")


Oid = Annotated[str, BeforeValidator(_numeric_oid)]


class SnmpValue(Strict):
    """A scalar: one OID, one reading."""

    metric: Name
    oid: Oid
    scale: float = 1.0
    missing: list[float] = []  # raw answers that mean "no sensor", such as -1 or 4294967295
    component: str = ""


class SnmpTable(Strict):
    """A column: one reading per row.

    In `component`, `{index}` is the row's index and `{label}` the row's text in the column `label`.
    With `of`, the answer is divided by the same row of that column (used / size), then scaled.
    With `only`, rows whose component it does not match are left out (disks, not memory).
    """

    metric: Name
    oid: Oid
    of: Oid | None = None
    label: Oid | None = None
    only: Pattern | None = None
    scale: float = 1.0
    missing: list[float] = []
    component: str = "{index}"

    @model_validator(mode="after")
    def _labelled(self) -> Self:
        if "{label}" in self.component and self.label is None:
            raise ValueError("`component` uses {label}: say which column holds it with `label`")
        return self


class SnmpMap(Strict):
    """How this kind of device answers SNMP."""

    values: list[SnmpValue] = []
    tables: list[SnmpTable] = []


class SnmpUser(Strict):
    """An SNMPv3 user. With `auth_password` it is authNoPriv, with both authPriv."""

    name: str
    auth: Literal["md5", "sha", "sha224", "sha256", "sha384", "sha512"] = "sha"
    auth_password: NamedSecret | None = None
    privacy: Literal["des", "aes", "aes192", "aes256"] = "aes"
    privacy_password: NamedSecret | None = None

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.privacy_password and not self.auth_password:
            raise ValueError("`privacy_password` needs `auth_password`: SNMPv3 has no noAuthPriv")
        return self


class SnmpSource(Strict):
    """An agent to be polled over UDP."""

    kind: Literal["snmp"]
    host: Host
    port: Port = 161
    version: Literal["1", "2c", "3"] = "2c"
    community: Community | None = None
    user: SnmpUser | None = None
    every: Duration = Field(default=30 * SECOND, ge=1 * SECOND)
    timeout: Duration = Field(default=2 * SECOND, ge=100)
    retries: int = Field(default=1, ge=0, le=5)
    # What this one device answers beside its profile.
    values: list[SnmpValue] = []
    tables: list[SnmpTable] = []

    @model_validator(mode="after")
    def _credentials(self) -> Self:
        if self.version == "3" and self.user is None:
            raise ValueError("version 3 needs `user`")
        if self.version != "3" and self.community is None:
            raise ValueError(f"version {self.version} needs `community`")
        return self
