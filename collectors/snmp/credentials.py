"""Credentials for agents, and the pysnmp engines that hold them.

pysnmp confuses two passwords of one user name within one engine, and an engine costs 64 ms and
0.9 MB: so there is one engine for each set of credentials, shared by all agents that take it.
"""

import itertools
from dataclasses import dataclass, field

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
    CommunityData,
    SnmpEngine,
    UsmUserData,
)

from collectors.snmp.transport import AgentTransport
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
_MODEL = {"1": 0, "2c": 1}


@dataclass(slots=True)
class PooledEngine:
    """One pysnmp engine with the one set of credentials it knows."""

    key: _Key
    auth: object
    snmp: SnmpEngine = field(default_factory=SnmpEngine)
    users: int = 0
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def attach(self, transport: AgentTransport) -> tuple[int, ...]:
        """Give an agent's socket its own transport domain, which is returned."""
        domain: tuple[int, ...] = (*config.SNMP_UDP_DOMAIN, next(self._numbers))
        config.add_transport(self.snmp, domain, transport)
        return domain


class EnginePool:
    """The engines in use. Made inside the running event loop, closed with their last agent."""

    def __init__(self) -> None:
        self._open: dict[_Key, PooledEngine] = {}

    def acquire(self, source: SnmpSource) -> PooledEngine:
        """The engine for a source's credentials. SourceError if a secret is absent or too short."""
        key, auth = _key_and_auth(source)
        if key not in self._open:
            self._open[key] = PooledEngine(key, auth)
        engine = self._open[key]
        engine.users += 1
        return engine

    def release(self, engine: PooledEngine) -> None:
        """Close the engine unless another agent still uses it."""
        engine.users -= 1
        if engine.users == 0:
            del self._open[engine.key]
            engine.snmp.close_dispatcher()


def _key_and_auth(source: SnmpSource) -> tuple[_Key, object]:
    if source.user is not None and source.version == "3":
        return _v3(source.user)
    assert source.community is not None  # SnmpSource refuses to be without
    community = _revealed(source.community, "community")
    auth = CommunityData("scanward", community.encode(), mpModel=_MODEL[source.version])
    return (source.version, community), auth


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
