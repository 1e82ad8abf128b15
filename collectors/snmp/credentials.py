"""Credentials for agents: a community, or a user with passwords."""

import asyncio
from functools import partial

from collectors.snmp.ber import VERSIONS
from collectors.snmp.endpoint import CommunityEndpoint, Endpoint
from collectors.snmp.explain import report_error
from collectors.snmp.lane import AgentPeer, Lane
from collectors.snmp.usm import UsmUser
from core.errors import ConfigError, SourceError
from core.schema.secret import Secret
from core.schema.sources.snmp import SnmpSource, SnmpUser

_SHORTEST_PASSWORD = 8  # RFC 3414, 11.2; agents refuse shorter ones
_LONGEST_NAME = 32  # RFC 3414, 5


def attached(source: SnmpSource, lane: Lane, agent: AgentPeer) -> Endpoint:
    """An agent, asked with a source's credentials. SourceError if a secret is absent or too short."""
    if source.user is not None and source.version == "3":
        # Only here: it costs the whole of OpenSSL, and most sites have no user.
        from collectors.snmp.user_endpoint import UserEndpoint

        now = asyncio.get_running_loop().time
        return UserEndpoint(lane, agent, _user(source.user), now, partial(report_error, source))
    assert source.community is not None  # SnmpSource refuses to be without
    community = _revealed(source.community, "community").encode()
    return CommunityEndpoint(lane, agent, VERSIONS[source.version], community)


def _user(user: SnmpUser) -> UsmUser:
    if len(user.name.encode()) > _LONGEST_NAME:
        text = f"the SNMPv3 user name {user.name!r} is longer than {_LONGEST_NAME} octets"
        raise SourceError(text, permanent=True)
    auth = _password(user.auth_password, "auth", user)
    privacy = _password(user.privacy_password, "privacy", user)
    return UsmUser(user.name.encode(), user.auth, auth, user.privacy, privacy)


def _password(secret: Secret | None, kind: str, user: SnmpUser) -> bytes:
    if secret is None:
        return b""
    password = _revealed(secret, f"{kind} password")
    if len(password) < _SHORTEST_PASSWORD:
        raise SourceError(
            f"the {kind} password of SNMPv3 user {user.name!r} is shorter than"
            f" {_SHORTEST_PASSWORD} characters, which SNMPv3 forbids",
            permanent=True,
        )
    return password.encode()


def _revealed(secret: Secret, what: str) -> str:
    try:
        return secret.reveal()
    except ConfigError as error:
        raise SourceError(f"no {what}: {error}", permanent=True) from None
