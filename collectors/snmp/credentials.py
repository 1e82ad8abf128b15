"""Credentials for agents, and the engines that hold them: our own for communities, pysnmp's for users.

pysnmp confuses two passwords of one user name within one engine, and an engine costs 64 ms and
0.9 MB: so there is one engine for each set of credentials, shared by all agents that take it.
"""

import itertools
from dataclasses import dataclass, field
from typing import Protocol

from pysnmp.entity import config  # type: ignore[import-untyped]
from pysnmp.hlapi.v3arch.asyncio import (  # type: ignore[import-untyped]
    USM_AUTH_HMAC96_MD5,
    USM_AUTH_HMAC96_SHA,
    USM_AUTH_HMAC128_SHA224,
    USM_AUTH_HMAC192_SHA256,
    USM_AUTH_HMAC256_SHA384,
    USM_AUTH_HMAC384_SHA512,
    USM_PRIV_CBC56_DES,
    USM_PRIV_CFB128_AES,
    USM_PRIV_CFB192_AES,
    USM_PRIV_CFB256_AES,
    SnmpEngine,
    UsmUserData,
)

from collectors.snmp.ber import VERSIONS
from collectors.snmp.endpoint import CommunityEndpoint, Endpoint, UserEndpoint
from collectors.snmp.transport import AgentTransport
from collectors.snmp.unsigned import teach_pysnmp
from core.errors import ConfigError, SourceError
from core.schema.secret import Secret
from core.schema.sources.snmp import SnmpSource, SnmpUser

_AUTH = {
    "md5": USM_AUTH_HMAC96_MD5,
    "sha": USM_AUTH_HMAC96_SHA,
    "sha224": USM_AUTH_HMAC128_SHA224,
    "sha256": USM_AUTH_HMAC192_SHA256,
    "sha384": USM_AUTH_HMAC256_SHA384,
    "sha512": USM_AUTH_HMAC384_SHA512,
}
_PRIVACY = {
    "des": USM_PRIV_CBC56_DES,
    "aes": USM_PRIV_CFB128_AES,
    "aes192": USM_PRIV_CFB192_AES,
    "aes256": USM_PRIV_CFB256_AES,
}
_SHORTEST_PASSWORD = 8  # RFC 3414, 11.2; agents refuse shorter ones
_LONGEST_NAME = 32  # RFC 3414, 5

_Key = tuple[str, ...]


class Engine(Protocol):
    """One set of credentials, shared by all agents that take it."""

    key: _Key
    users: int

    def attach(self, transport: AgentTransport) -> Endpoint:
        """An agent's socket with these credentials."""

    def close(self) -> None:
        """Let go of everything."""


@dataclass(slots=True)
class _CommunityEngine:
    """A community: nothing is held but its name."""

    key: _Key
    version: int
    community: bytes
    users: int = 0

    def attach(self, transport: AgentTransport) -> Endpoint:
        """An agent's socket with this community."""
        return CommunityEndpoint(transport, self.version, self.community)

    def close(self) -> None:
        """Nothing is open."""


@dataclass(slots=True)
class _UserEngine:
    """One pysnmp engine with the one user it knows."""

    key: _Key
    auth: object
    users: int = 0
    _snmp: SnmpEngine | None = None
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def attach(self, transport: AgentTransport) -> Endpoint:
        """An agent's socket with this user, in a transport domain of its own."""
        if self._snmp is None:
            teach_pysnmp()
            self._snmp = SnmpEngine()
        domain: tuple[int, ...] = (*config.SNMP_UDP_DOMAIN, next(self._numbers))
        config.add_transport(self._snmp, domain, transport)
        return UserEndpoint(transport, domain, self._snmp, self.auth)

    def close(self) -> None:
        """End pysnmp's timers."""
        if self._snmp is not None:
            self._snmp.close_dispatcher()


class EnginePool:
    """The engines in use. Made inside the running event loop, closed with their last agent."""

    def __init__(self) -> None:
        self._open: dict[_Key, Engine] = {}

    def acquire(self, source: SnmpSource) -> Engine:
        """The engine for a source's credentials. SourceError if a secret is absent or too short."""
        engine = _engine(source)
        engine = self._open.setdefault(engine.key, engine)
        engine.users += 1
        return engine

    def release(self, engine: Engine) -> None:
        """Close the engine unless another agent still uses it."""
        engine.users -= 1
        if engine.users == 0:
            del self._open[engine.key]
            engine.close()


def _engine(source: SnmpSource) -> Engine:
    if source.user is not None and source.version == "3":
        return _UserEngine(*_v3(source.user))
    assert source.community is not None  # SnmpSource refuses to be without
    community = _revealed(source.community, "community")
    key = (source.version, community)
    return _CommunityEngine(key, VERSIONS[source.version], community.encode())


def _v3(user: SnmpUser) -> tuple[_Key, object]:
    if len(user.name.encode()) > _LONGEST_NAME:
        text = f"the SNMPv3 user name {user.name!r} is longer than {_LONGEST_NAME} octets"
        raise SourceError(text, permanent=True)
    auth = _password(user.auth_password, "auth", user)
    privacy = _password(user.privacy_password, "privacy", user)
    key = ("3", user.name, user.auth, auth or "", user.privacy, privacy or "")
    usm_user = UsmUserData(
        user.name.encode(),
        authKey=auth.encode() if auth else None,
        privKey=privacy.encode() if privacy else None,
        authProtocol=_AUTH[user.auth] if auth else None,
        privProtocol=_PRIVACY[user.privacy] if privacy else None,
    )
    return key, usm_user


def _password(secret: Secret | None, kind: str, user: SnmpUser) -> str | None:
    if secret is None:
        return None
    password = _revealed(secret, f"{kind} password")
    if len(password) < _SHORTEST_PASSWORD:
        raise SourceError(
            f"the {kind} password of SNMPv3 user {user.name!r} is shorter than"
            f" {_SHORTEST_PASSWORD} characters, which SNMPv3 forbids",
            permanent=True,
        )
    return password


def _revealed(secret: Secret, what: str) -> str:
    try:
        return secret.reveal()
    except ConfigError as error:
        raise SourceError(f"no {what}: {error}", permanent=True) from None
