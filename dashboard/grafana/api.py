"""A thin layer over grafana-api: by uid only, and every failure a GrafanaError with what to do.

grafana-api 1.0.3 has no call for a data source's uid, for health and for versions; its verbs have.
Numeric ids are never used: newer Grafanas no longer answer to them.
"""

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from grafana_api.grafana_api import GrafanaClientError, GrafanaException  # type: ignore[import-untyped]
from grafana_api.grafana_face import GrafanaFace  # type: ignore[import-untyped]
from requests import RequestException

from core.errors import ConfigError, StoreError
from core.schema.grafana import GrafanaServer
from core.time.clock import SECOND

Json = dict[str, Any]

_ABSENT, _CHANGED = 404, (409, 412)
_HELP = {
    401: "it does not know us: check `grafana.token`, or `user` and `password`",
    403: "we may not do that: give the service account the role Admin",
}


class GrafanaError(StoreError):
    """Grafana refused or failed; nothing of Scanward's own is harmed."""


class Grafana:
    """One Grafana. Connects when it is first used."""

    def __init__(self, grafana: GrafanaServer) -> None:
        self.url = grafana.url.rstrip("/")
        parts = urlsplit(self.url)
        try:
            auth = _auth(grafana)
        except ConfigError as error:
            raise GrafanaError(str(error), permanent=True) from None
        self._secrets = _forms_of(auth)
        self._face: Any = GrafanaFace(
            auth=auth,
            host=parts.netloc,  # with its port
            url_path_prefix=f"{parts.path.strip('/')}/" if parts.path.strip("/") else "",
            protocol=parts.scheme,
            verify=str(grafana.ca) if grafana.ca else True,
            timeout=grafana.timeout / SECOND,
        )

    def close(self) -> None:
        """Close the connection."""
        self._face.api.s.close()

    def check(self) -> str:
        """Grafana's version, if its database is well and it accepts our login."""
        with self._translated():
            health = self._face.api.GET("/health")
            if health.get("database") != "ok":
                raise GrafanaError(f"{self.url}: its own database is not well: {health}")
            self._face.api.GET("/org")
            return str(health.get("version", "unknown"))

    def get(self, path: str) -> Any | None:
        """The JSON at an address below /api; None if there is nothing."""
        with self._translated():
            try:
                return self._face.api.GET(path)
            except GrafanaClientError as error:
                if error.status_code == _ABSENT:
                    return None
                raise

    def post(self, path: str, body: Json) -> Json:
        """Create what `body` describes."""
        with self._translated():
            return dict(self._face.api.POST(path, json=body))

    def put(self, path: str, body: Json) -> Json:
        """Replace what is there by `body`."""
        with self._translated():
            return dict(self._face.api.PUT(path, json=body))

    def patch(self, path: str, body: Json) -> Json:
        """Change the fields that `body` names."""
        with self._translated():
            return dict(self._face.api.PATCH(path, json=body))

    def save(self, body: Json) -> Json:
        """Save a dashboard. GrafanaError if somebody changed it since we looked."""
        with self._translated():
            return dict(self._face.dashboard.update_dashboard(body))

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except GrafanaException as error:
            raise self._explained(error) from error
        except (RequestException, OSError, ValueError) as error:
            text = self._without_secrets(str(error))[:300]
            raise GrafanaError(f"{self.url}: {text}") from error

    def _explained(self, error: Any) -> GrafanaError:
        status = int(error.status_code)
        response = error.response
        text = response.get("message", "") if isinstance(response, dict) else str(response)
        if status in _CHANGED:
            return GrafanaError(f"{self.url}: somebody changed it this moment; try again")
        help_ = _HELP.get(status, "is this the address of a Grafana? check `grafana.url`")
        is_ours = 400 <= status < 500
        if not is_ours:
            help_ = "the server failed"
        words = self._without_secrets(f"{self.url}: {status}: {help_} ({text})")
        return GrafanaError(words[:400], permanent=is_ours)

    def _without_secrets(self, text: str) -> str:
        """In one line; what refuses us, or stands before it, may repeat what we sent."""
        for secret in self._secrets:
            text = text.replace(secret, "...")
        return " ".join(text.split())


def _forms_of(auth: str | tuple[str, str]) -> list[str]:
    """A secret as it is, and as it goes over the line."""
    if isinstance(auth, str):
        return [auth]
    return [base64.b64encode(":".join(auth).encode()).decode(), auth[1]]


def _auth(grafana: GrafanaServer) -> str | tuple[str, str]:
    if grafana.user and grafana.password:
        return grafana.user, grafana.password.reveal()
    assert grafana.token is not None  # core/schema/grafana.py: one of both
    return grafana.token.reveal()
