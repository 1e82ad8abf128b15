"""A thin skin over influxdb-client: bytes out, tables in, and every failure one of three kinds.

Only SYNCHRONOUS writing: the client's batching mode loses what it holds at every way of ending.
Only InfluxQL by GET /query: 1.8, 2.x, 3.x and Cloud all answer it.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Literal, NamedTuple

from influxdb_client.client.influxdb_client import InfluxDBClient
from influxdb_client.client.write_api import SYNCHRONOUS

from core.errors import ConfigError
from core.schema.storage import Influx
from storage.influx.errors import InfluxError, MisconfiguredError, of_query, translated

Precision = Literal["ms", "ns"]
Cell = str | float | int | None


class Table(NamedTuple):
    """A part of an answer: rows of one series, or of one group of tags."""

    tags: dict[str, str]
    rows: list[list[Cell]]  # the first column is the time in milliseconds


class InfluxClient:
    """One bucket of one server. Connects when it is first used."""

    def __init__(self, settings: Influx) -> None:
        self.settings = settings
        self._client: Any = None  # the library is typed by half

    def close(self) -> None:
        """Let go of the connection."""
        if self._client is not None:
            self._client.close()
            self._client = None

    def write(self, lines: Sequence[bytes], precision: Precision = "ms") -> None:
        """Returns when the server has said yes to every line; else raises an InfluxError."""
        with self._talking():
            self._connected().write_api(write_options=SYNCHRONOUS).write(
                self.settings.bucket,
                self.settings.org or "-",  # 1.x and 3.x do not look at it
                b"\n".join(lines),
                write_precision=precision,
            )

    def query(self, influxql: str) -> Iterator[Table]:
        """The tables of the answer, as they arrive."""
        with self._talking():
            answer = self._ask(influxql)
            try:
                for line in answer:
                    for result in json.loads(line).get("results", []) if line.strip() else []:
                        if "error" in result:
                            raise self._refused(str(result["error"]))
                        for series in result.get("series", []):
                            yield Table(series.get("tags", {}), series["values"])
            finally:
                answer.close()

    def _refused(self, text: str) -> InfluxError:
        return of_query(text, self.settings.url, self.settings.bucket)

    @contextmanager
    def _talking(self) -> Iterator[None]:
        try:
            with translated(self.settings.url, self.settings.bucket):
                yield
        except MisconfiguredError:
            # The next try reads the token's file anew. Not closed: another thread may be reading.
            self._client = None
            raise

    def _ask(self, influxql: str) -> Any:
        database, _, policy = self.settings.bucket.partition("/")
        asked = {"db": database, "q": influxql, "epoch": "ms", "chunked": "true"}
        if policy:
            asked["rp"] = policy
        answer, _, _ = self._connected().api_client.call_api(
            "/query", "GET", query_params=list(asked.items()), _preload_content=False
        )
        return answer

    def _connected(self) -> Any:
        if self._client is None:
            settings = self.settings
            try:
                secret, basic = _credentials(settings)
            except ConfigError as error:
                raise MisconfiguredError(str(error)) from None
            make: Any = InfluxDBClient
            self._client = make(
                settings.url,
                secret,
                org=settings.org,
                timeout=settings.timeout,
                enable_gzip=settings.gzip,
                auth_basic=basic,
                verify_ssl=settings.verify,
                ssl_ca_cert=str(settings.ca) if settings.ca else None,
            )
        return self._client


def _credentials(settings: Influx) -> tuple[str, bool]:
    """The secret, and whether it is a 1.x user and password."""
    if settings.user and settings.password:
        return f"{settings.user}:{settings.password.reveal()}", True
    return settings.token.reveal() if settings.token else "", False
