"""How a detector begins: where its file says, or from nothing. And what it then learns from."""

import logging
from collections.abc import Iterator
from datetime import tzinfo

from alerts.detection.instance import Running, fresh, settings_digest, woken
from alerts.detection.targets import Place
from alerts.detection.training import Job, Seam
from alerts.detectors.common.resample import CELL
from core.schema.site import Site
from core.time.clock import DAY
from storage.detector_models.store import DamagedModelError, ModelStore
from storage.records import Records
from storage.records import feedback as feedback_rows
from storage.series import SeriesReader

log = logging.getLogger(__name__)

# Scanward's defaults, no source.
BEHIND = 28 * DAY  # what is older than that is learned from at a first start, and not judged
FIRST = 24 * DAY  # less than that is no history to learn from at a first start
LEAD = 8 * DAY  # is fed before it learns: what is expected today depends on the days before


def resumed(
    models: ModelStore, seam: Seam, place: Place, zone: tzinfo, bias: float
) -> Running | None:
    """As its file has it; None if there is none, or one of other settings.

    A damaged one is put aside, and that is said loudly. UntrustedModelError: it must not be read.
    """
    stamp = models.stamp(*place.key)
    try:
        found = models.load(*place.key)
        if found is None:
            return None
        card, state = found
        if card.settings != settings_digest(place):
            log.info("%s has other settings now; it learns anew", name_of(place))
            return None
        watch = woken(seam, place, state, zone, bias)
    except (DamagedModelError, KeyError, TypeError, ValueError, AttributeError) as error:
        aside = models.put_aside(*place.key)
        log.error("%s is learned anew: %s (the file is now %s)", name_of(place), error, aside)
        return None
    running = Running(place, watch, card, seam, zone, bias, is_changed=False)
    running.stamp, running.said_at = stamp, card.last_at
    return running


def begun(
    series: SeriesReader, models: ModelStore, seam: Seam, place: Place, zone: tzinfo, now: int
) -> Running:
    """From nothing: it learns from what is older than a month and judges that month."""
    known = series.oldest()
    began = min((known[name] for name in place.own if name in known), default=now)
    start = max(began, now - BEHIND) // CELL * CELL
    if start - began >= FIRST:
        running = fresh(seam, place, zone, start - LEAD)
        running.learns_at = start
    else:  # as it would have lived through it
        running = fresh(seam, place, zone, max(began, now - BEHIND - FIRST) // CELL * CELL)
    running.stamp = models.stamp(*place.key)
    return running


def job_of(running: Running, site: Site, records: Records) -> Job:
    """What it is to learn now, without the time in which something was wrong."""
    end = running.fed_until
    start = end - running.watch.needs
    return Job(
        place=running.place,
        state=running.watch.state(),
        series_path=site.series_path,
        start=start,
        end=end,
        left_out=list(_alerts(running.place, start, end, records)),
        zone=site.zone,
        bias=running.bias,
        seam=running.seam,
    )


def _alerts(place: Place, start: int, end: int, records: Records) -> Iterator[tuple[int, int]]:
    """When an alert was open on what it watches."""
    with records.reading() as db:
        spans = feedback_rows.alert_spans(db, start)
    for metric in sorted({place.settings.metric, *place.settings.metrics}):
        for one in spans.get((place.device, place.component, metric), ()):
            if one.start < end:
                yield one.start, end if one.end is None else min(one.end, end)


def name_of(place: Place) -> str:
    """What to call it in a message."""
    device, component, detector = place.key
    return f"detector {detector} of {device}{f' {component}' if component else ''}"
