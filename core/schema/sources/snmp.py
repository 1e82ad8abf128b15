"""SNMP: how an agent is reached, and which of its objects are metrics."""

import re
from collections.abc import Iterable, Iterator
from ipaddress import ip_address
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from core.schema.names import Name
from core.schema.network import Host, Port
from core.schema.pattern import Pattern
from core.schema.secret import Community, NamedSecret
from core.schema.sources.base import Misfit, SourceEntry, SourceMap
from core.schema.strict_model import Strict, did_you_mean
from core.time.clock import MINUTE, SECOND
from core.time.duration import Duration

if TYPE_CHECKING:
    from core.schema.profile import Profile
    from core.schema.site import SiteFile


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


def _address(text: object) -> str:
    try:
        return str(ip_address(str(text).strip()))
    except ValueError:
        raise ValueError(
            f"{text!r} is not an address such as 192.0.2.7 (a name will not do)"
        ) from None


Address = Annotated[str, BeforeValidator(_address)]


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
    With `rows`, a scalar that counts the rows, those whose index is above it are no sensors.
    With `only`, rows whose component it does not match are left out (disks, not memory).
    """

    metric: Name
    oid: Oid
    of: Oid | None = None
    label: Oid | None = None
    rows: Oid | None = None
    only: Pattern | None = None
    scale: float = 1.0
    missing: list[float] = []
    component: str = "{index}"

    @model_validator(mode="after")
    def _labelled(self) -> Self:
        if "{label}" in self.component and self.label is None:
            raise ValueError("`component` uses {label}: say which column holds it with `label`")
        return self


class SnmpMap(Strict, SourceMap):
    """How this kind of device answers SNMP."""

    values: list[SnmpValue] = []
    tables: list[SnmpTable] = []

    def named_metrics(self) -> Iterator[tuple[str, str]]:
        """Of each scalar and each column."""
        return _named_metrics(self.values, self.tables)


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


class SnmpSource(SourceEntry):
    """An agent to be polled over UDP."""

    title: ClassVar[str] = "SNMP"
    profile_map: ClassVar[type[SourceMap]] = SnmpMap

    kind: Literal["snmp"]
    host: Host
    port: Port = 161
    version: Literal["1", "2c", "3"] = "2c"
    community: Community | None = None
    user: SnmpUser | None = None
    every: Duration = Field(default=30 * SECOND, ge=1 * SECOND)
    timeout: Duration = Field(default=2 * SECOND, ge=100)
    retries: int = Field(default=1, ge=0, le=5)
    # Other addresses of the same agent: what comes from them, at any port, is an answer of it.
    answers_from: list[Address] = []
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

    def scalars(self, profile: "Profile") -> list[SnmpValue]:
        """What is asked of this agent: the profile's scalars, then its own."""
        return [*SnmpMap.of(profile).values, *self.values]

    def columns(self, profile: "Profile") -> list[SnmpTable]:
        """What is walked on this agent: the profile's tables, then its own."""
        return [*SnmpMap.of(profile).tables, *self.tables]

    def reachable_within(self) -> int:
        """Three polls, each with its retries; a minute at least."""
        return max(3 * (self.every + self.timeout * (self.retries + 1)), MINUTE)

    def metrics_supplied(self, profile: "Profile") -> set[str]:
        """The metrics that the profile or the entry itself maps to an OID."""
        named = _named_metrics(self.scalars(profile), self.columns(profile))
        return {metric for _, metric in named}

    def check(self, profile: "Profile | None", site: "SiteFile") -> Iterator[Misfit]:
        """Its own values and tables name metrics of the profile; without any, the profile must."""
        if profile is None:
            return
        for place, metric in _named_metrics(self.values, self.tables):
            if metric not in profile.metrics:
                hint = did_you_mean(metric, profile.metrics)
                yield f"{place}.metric", f"unknown metric {metric!r}{hint}"
        if not self.values and not self.tables:
            yield from super().check(profile, site)


def _named_metrics(
    values: Iterable[SnmpValue], tables: Iterable[SnmpTable]
) -> Iterator[tuple[str, str]]:
    for index, value in enumerate(values):
        yield f"values[{index}]", value.metric
    for index, table in enumerate(tables):
        yield f"tables[{index}]", table.metric
