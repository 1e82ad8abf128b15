"""What can go wrong with InfluxDB, by what to do about it.

StoreError
  InfluxError
    RetryError           away or busy: the same again later, `.after` seconds if the server says so
    RejectedError        these lines are wrong: halve the batch until the wrong ones stand alone
    MisconfiguredError   a person must act (permanent): token, bucket, address, certificate
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager

from influxdb_client.rest import ApiException
from urllib3.exceptions import HTTPError, LocationValueError, SSLError

from core.errors import StoreError

_LONGEST_TEXT = 300
_TOO_OLD = "beyond retention policy"
_DROPPED = re.compile(r"dropped=(\d+)")
_REDIRECTS = range(300, 400)
_TRY_LATER = {408, 425, 429}
_REJECTED = {400, 413, 422}


class InfluxError(StoreError):
    """InfluxDB did not store or answer; the local store still has everything."""


class RetryError(InfluxError):
    """The server is away or busy. `after`: in how many seconds it wants the next try, if it says."""

    def __init__(self, text: str, after: float | None = None) -> None:
        self.after = after
        super().__init__(text)


class RejectedError(InfluxError):
    """The server understood and refused. `too_old`: that many lines, and only they, are lost."""

    def __init__(self, text: str, too_old: int = 0) -> None:
        self.too_old = too_old
        super().__init__(text)


class MisconfiguredError(InfluxError):
    """Trying again will not help before a person has changed something."""

    def __init__(self, text: str) -> None:
        super().__init__(text, permanent=True)


@contextmanager
def translated(url: str, bucket: str) -> Iterator[None]:
    """Whatever influxdb-client and urllib3 raise becomes one of the three."""
    try:
        yield
    except ApiException as error:
        raise _of_response(error, url, bucket) from error
    except SSLError as error:
        raise _of_certificate(url, str(error)) from error
    except LocationValueError as error:
        raise MisconfiguredError(f"{url}: not an address ({_short(str(error))})") from error
    except (FileNotFoundError, PermissionError) as error:  # no socket says these
        text = f"{error.filename or '`storage.influxdb.ca`'}: {error.strerror}"
        raise MisconfiguredError(text) from error
    except (HTTPError, OSError, UnicodeError, json.JSONDecodeError) as error:
        raise RetryError(f"{url}: {_without_objects(error)}") from error


def of_query(text: str, url: str, bucket: str) -> InfluxError:
    """Of an `error` in the body of a query's response, which comes with status 200."""
    if "not found" in text:
        return _no_bucket(url, bucket, text)
    if "error parsing query" in text:
        return RejectedError(f"{url}: {_short(text)}")
    return RetryError(f"{url}: {_short(text)}")


def _of_response(error: ApiException, url: str, bucket: str) -> InfluxError:
    status, text = int(error.status or 0), _error_text(error)
    if status == 0:  # how influxdb-client hands on a failed handshake
        return _of_certificate(url, text)
    if status in _TRY_LATER or status >= 500:
        return RetryError(f"{url}: {status}: {text}", _seconds(error.retry_after))
    # A proxy also says 400, to everything; only InfluxDB says it in JSON.
    if status in _REJECTED and (status == 413 or _json(error) is not None):
        dropped = _DROPPED.search(text)
        too_old = int(dropped[1]) if dropped and _TOO_OLD in text else 0
        return RejectedError(f"{status}: {text}", too_old)
    return _misconfigured(status, text, url, bucket)


def _misconfigured(status: int, text: str, url: str, bucket: str) -> InfluxError:
    if status == 401:
        help_ = "the server does not know this token or user: check `storage.influxdb`"
    elif status == 403:
        help_ = f"this token or user may not do that: let it write to and read from {bucket!r}"
    elif status == 404:
        return _no_bucket(url, bucket, text)
    elif status in _REDIRECTS:
        help_ = "it sends us elsewhere: write the final address in `storage.influxdb.url`"
    else:
        help_ = "is this the address of an InfluxDB? check `storage.influxdb.url`"
    return MisconfiguredError(f"{url}: {status}: {help_} ({text})")


def _no_bucket(url: str, bucket: str, text: str) -> MisconfiguredError:
    help_ = f"no bucket (1.x: database) {bucket!r} there: create it, or check the address and `org`"
    return MisconfiguredError(f"{url}: {help_} ({_short(text)})")


def _of_certificate(url: str, text: str) -> MisconfiguredError:
    help_ = "no TLS that can be trusted: set `storage.influxdb.ca`, or check the address"
    return MisconfiguredError(f"{url}: {help_} ({_short(text)})")


def _json(error: ApiException) -> dict[str, object] | None:
    try:
        body = json.loads(error.body or "")
    except ValueError:
        return None
    return body if isinstance(body, dict) else None


def _error_text(error: ApiException) -> str:
    """From `error` of 1.x, `message` of 2.x, `error` and a list of lines of 3.x; a proxy sends HTML."""
    body = _json(error)
    if body is None:
        return _short(error.reason or error.body or "")
    text = str(body.get("message") or body.get("error") or error.reason)
    lines = body.get("data")
    if isinstance(lines, list) and lines and isinstance(lines[0], dict):
        text += f": {lines[0].get('error_message', '')}"
    return _short(text)


def _short(text: str) -> str:
    plain = " ".join(str(text).split())
    return plain if len(plain) <= _LONGEST_TEXT else f"{plain[:_LONGEST_TEXT]}..."


def _without_objects(error: Exception) -> str:
    """urllib3 puts the connection's address in memory into its texts."""
    return _short(re.sub(r"<[^>]*>:? ?|\w+\(host=.*?\): ", "", str(error))) or type(error).__name__


def _seconds(text: str | None) -> float | None:
    # The header may also be a date; our own back-off serves as well then.
    return float(text) if text and text.strip().isdigit() else None
