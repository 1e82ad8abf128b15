"""The data source of a site's dashboards: InfluxDB by InfluxQL, which 1.8 to 3 answer."""

import hashlib
from typing import Any

from core.schema.site import Site
from core.schema.storage import Influx
from dashboard.grafana.boards import source_uid

Json = dict[str, Any]

_ROUNDS = 200_000


def data_source(site: Site, influx: Influx, secret: str) -> Json:
    """The body of Grafana's own call, and of its provisioning file; `secret` is the token or password.

    `jsonData.scanward` is a mark of everything, the secret too, which Grafana never shows again. Who
    may see the data source sees the mark, so it is one that costs much to guess from.
    """
    grafana = site.file.grafana
    database, _, _ = influx.bucket.partition("/")
    by_token = influx.user is None
    body: Json = {
        "uid": source_uid(site.file.id),
        "name": f"Scanward {site.file.id}",
        "type": "influxdb",
        "access": "proxy",
        "url": (grafana and grafana.influxdb_url) or influx.url,
        "user": influx.user or "",
        "jsonData": {
            "version": "InfluxQL",
            "httpMode": "GET",
            "dbName": database,
            "tlsSkipVerify": not influx.verify,
        },
        "secureJsonData": {},
    }
    if by_token and secret:
        body["jsonData"]["httpHeaderName1"] = "Authorization"
        body["secureJsonData"]["httpHeaderValue1"] = f"Token {secret}"
    elif secret:
        body["secureJsonData"]["password"] = secret
    salt = repr({**body, "secureJsonData": None}).encode()
    mark = hashlib.pbkdf2_hmac("sha256", secret.encode(), salt, _ROUNDS)
    body["jsonData"]["scanward"] = mark.hex()[:16]
    return body


def secret_of(site: Site, influx: Influx) -> str:
    """The token or password for InfluxDB. ConfigError if its file or variable is absent."""
    grafana = site.file.grafana
    named = (grafana and grafana.influxdb_token) or influx.token or influx.password
    return named.reveal() if named else ""
