"""The alert loops: one judges the journal and the detectors' verdicts, one runs the detectors, one for
each channel sends its deliveries. So a slow line delays no verdict and no other line, and a slow
detector no alert.
"""

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from alerts.channels import Sender, senders
from alerts.evaluation.engine import AlertEngine
from alerts.evaluation.watch import Watch
from alerts.notification.delivery import deliver_due, hourly_limit
from alerts.notification.evidence import SeriesAtHand
from alerts.notification.fault_notices import give_fault_notices
from alerts.notification.notices import NoticeGiver
from alerts.notification.still_here import announce
from app.clock import now, uptime
from app.services.liveness import Liveness
from app.services.loop import Loop, Step
from core.schema.channel_kinds.telegram import TelegramChannel
from core.schema.site import Site
from storage.backup.retention import newest
from storage.files.alive import STANDSTILL
from storage.files.process_sign import DETECT, ProcessSign
from storage.records import Records
from storage.series import SeriesReader

if TYPE_CHECKING:
    from alerts.detection import Detection

log = logging.getLogger(__name__)

LEARNING_S = 0.1  # how often it looks whether something has been learned
ROUND_S = 0.5  # from stored to judged; see benchmarks/alerts
JUDGING, SENDING = "judging", "sending"  # what the liveness of the process is made of
GAP_S = 0.005  # between two pages: SQLite's lock knows no queue, and other writers want their turn


def alert(site: Site, stop: threading.Event, *, once: bool = False) -> None:
    """Judge and deliver until `stop` is set; with `once`, all there is to judge and one delivery."""
    records = Records(site.records_url, now=now, newest_backup=partial(newest, site))
    records.upgrade()
    series = SeriesReader(site.series_path)
    detection = _detection(site, series, records)
    channels = senders(site)
    engine, notices = AlertEngine(site, series, records, Watch(uptime)), NoticeGiver(site, records)
    moving = [JUDGING, SENDING, *map(_sending, channels)]
    parts = moving if detection is None else [*moving, DETECT]
    with ProcessSign(site.processes_path, "alert", now, dict.fromkeys(parts, STANDSTILL)) as sign:
        liveness = Liveness(site.alive_path, moving, also=sign.note)
        judge = partial(_judge, site, records, engine, notices, stop, liveness)
        detect = partial(_detect, detection, site, stop, sign)
        deliver = _deliveries(
            site, records, channels, liveness, now(), SeriesAtHand(series.latest, series.range)
        )
        if once:
            steps: list[Step] = [detect, judge, *deliver.values()]
            for step in steps:
                step()
        else:
            log.info("judging %d devices, telling %s", len(site.devices), ", ".join(channels))
            _start_heartbeat(site, records, liveness, stop)
            sending = [sign.noting(step, part) for part, step in deliver.items()]
            others: list[Step] = [*sending, detect, *_answers(site, records)]
            _run_side_by_side(sign.noting(judge, JUDGING), others, stop)
    if detection is not None:
        detection.close()
    records.close()


def _run_side_by_side(first: Step, others: Sequence[Step], stop: threading.Event) -> None:
    """Each step in a loop of its own, the first in this thread."""
    loop = Loop(log, every_s=ROUND_S)
    threads = [threading.Thread(target=loop.run, args=(step, stop), daemon=True) for step in others]
    for thread in threads:
        thread.start()
    loop.run(first, stop)
    for thread in threads:
        thread.join(2)  # a channel may hang; its lease will run out


def _judge(
    site: Site,
    records: Records,
    engine: AlertEngine,
    notices: NoticeGiver,
    stop: threading.Event,
    liveness: Liveness,
) -> None:
    # What trickles in meanwhile waits for the next round: it must not put off the looking for silence.
    while engine.step() and engine.is_behind and not stop.wait(GAP_S):
        liveness.note(JUDGING)
    while engine.step_verdicts() and not stop.wait(GAP_S):
        liveness.note(JUDGING)
    engine.tick(now())
    notices.give_notices(now())
    give_fault_notices(site, records, now())
    liveness.note(JUDGING)


def _sending(channel: str) -> str:
    """The part of the process that sends by that channel."""
    return f"{SENDING} {channel}"


def _deliveries(
    site: Site,
    records: Records,
    channels: Mapping[str, Sender],
    liveness: Liveness,
    began: int,
    series: SeriesAtHand,
) -> dict[str, Step]:
    """What each part that sends does: the first writes the weekly message and gives up what has no channel."""
    limit = hourly_limit(site, records, now)

    def send(part: str, is_mine: Callable[[str], bool]) -> None:
        if part == SENDING and site.file.still_here is not None:
            announce(site, records, site.file.still_here, began, now)
        deliver_due(site, records, channels, liveness.noting(part, now), series, limit, is_mine)
        liveness.note(part)

    steps: dict[str, Step] = {SENDING: partial(send, SENDING, lambda name: name not in channels)}
    for channel in channels:
        steps[_sending(channel)] = partial(send, _sending(channel), channel.__eq__)
    return steps


def _start_heartbeat(
    site: Site, records: Records, liveness: Liveness, stop: threading.Event
) -> None:
    """To the site's outside receiver, if it has one."""
    if site.file.heartbeat is None:
        return
    from app.services.heartbeat import HeartbeatSender, hindrance

    reason = partial(hindrance, site, records, liveness, now)
    HeartbeatSender(site.file.heartbeat, reason).start(stop)


def _detect(
    detection: "Detection | None", site: Site, stop: threading.Event, sign: ProcessSign
) -> None:
    if detection is None:
        return
    if not site.series_path.exists():
        sign.note(DETECT)
        return  # the loop that judges reports it
    step = sign.noting(lambda: detection.step(now()), DETECT)
    while not stop.is_set():
        has_more = step()
        if not has_more and (not detection.is_learning or stop.wait(LEARNING_S)):
            return


def _answers(site: Site, records: Records) -> list[Step]:
    """For each channel with answers, what takes them; it waits for them at the server."""
    channels = [entry for entry in site.file.channels if isinstance(entry, TelegramChannel)]
    if not channels:
        return []
    from alerts.notification.telegram_answers import TelegramAnswers

    return [TelegramAnswers(site, records, channel, now).take_answers for channel in channels]


def _detection(site: Site, series: SeriesReader, records: Records) -> "Detection | None":
    """What runs the site's detectors; None without detectors, and scikit-learn is not imported then."""
    if not any(device.profile.detectors for device in site.devices.values()):
        return None
    from alerts.detection import Detection
    from core.version import scanward_version
    from storage.detector_models.store import ModelStore

    return Detection(site, series, records, ModelStore(site.models_path), scanward_version())
