"""The forward loop: what the collectors stored, on to the site's InfluxDB."""

import logging
import math
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from app.clock import now
from app.services.loop import Loop, kind
from core.schema.site import Site
from core.schema.storage import Influx
from core.time.clock import SECOND, iso
from storage.files.process_sign import ProcessSign
from storage.influx.client import InfluxClient
from storage.influx.errors import InfluxError
from storage.influx.forward import Forwarder
from storage.influx.state import ForwardState, Status, status_of, target_of
from storage.series import SeriesReader

log = logging.getLogger(__name__)

ROUND_S = 1.0
LONGEST_PAUSE_S = 30.0


def forward(site: Site, stop: threading.Event, *, once: bool = False) -> None:
    """Forward until `stop` is set; with `once`, all there is now, or the error why not."""
    with _forwarder(site) as forwarder:
        if once:
            _loop().run(lambda: _step(forwarder), stop, once=True)
        else:
            log.info("forwarding to %s", _target(site))
            with ProcessSign(site.processes_path, "forward", now) as sign:
                _loop().run(sign.noting(lambda: _step_and_warn(forwarder)), stop)


def resend_refused(site: Site) -> str:
    """Send once more what was set aside; how that went, for a person."""
    with _forwarder(site) as forwarder:
        stored, refused = forwarder.resend_refused()
    return f"{stored} lines were taken, {refused} were refused again"


def report(site: Site) -> str:
    """How far the forwarder is, for a person."""
    status = status_of(site.forward_path, _target(site))
    series = SeriesReader(site.series_path)
    behind = series.newest_cursor() - status.cursor if site.series_path.exists() else 0
    lines = [
        f"target     {_target(site)}",
        f"sent       {status.sent} lines, last {_at_or_never(status.succeeded_at)}",
        f"waiting    {max(behind, 0)} journal entries",
        f"rate       {_rate(status):.0f} lines/s",
        f"set aside  {status.refused}"
        + (f", the last because: {status.reason}" if status.refused else ""),
        f"too old    {status.too_old} lines, for the bucket's retention",
        f"trouble    {f'{status.error} ({_at_or_never(status.failed_at)})' if status.error else 'none'}",
    ]
    return "\n".join(lines)


def _loop() -> Loop:
    return Loop(
        log,
        ROUND_S,
        LONGEST_PAUSE_S,
        lost="forwarding waits: %(error)s",
        back="forwarding goes on",
        reason=kind,
        remind_s=math.inf,
        paced=(InfluxError,),
    )


def _step(forwarder: Forwarder) -> bool:
    """True while there is more to send. StoreError: why it waits."""
    outcome = forwarder.step(now())
    if forwarder.error:
        raise forwarder.error.with_traceback(None)  # raised each second, it would grow
    return outcome == "more"


def _step_and_warn(forwarder: Forwarder) -> bool:
    before = forwarder.refused
    try:
        return _step(forwarder)
    finally:
        if forwarder.refused > before:
            log.warning("%d lines are set aside: see scanward forward --status", forwarder.refused)


@contextmanager
def _forwarder(site: Site) -> Iterator[Forwarder]:
    influx = _influx(site)
    state = ForwardState(site.forward_path, _target(site))
    client = InfluxClient(influx)
    series = SeriesReader(site.series_path)
    try:
        yield Forwarder(series, client, state, site.file.id, influx.batch)
    finally:
        client.close()
        state.close()


def _influx(site: Site) -> Influx:
    influx = site.file.storage.influxdb
    assert influx is not None, "the command line has checked it"
    return influx


def _target(site: Site) -> str:
    return target_of(_influx(site), site.file.id)


def _rate(status: Status) -> float:
    recent = status.succeeded_at is not None and now() - status.succeeded_at < 60 * SECOND
    return status.rate if recent else 0.0


def _at_or_never(at: int | None) -> str:
    return iso(at) if at is not None else "never"
