"""The top of a device's page: its name, its state, and the state of each source."""

from collections.abc import Sequence
from html import escape

from collectors.plug_use.metrics import EXAMINATIONS, HOURLY, POWER
from collectors.plug_use.model import PlugModel
from core.readings import DEVICE_CLOCK, NOT_UNDERSTOOD, UNKNOWN_PROBE
from dashboard.components.fleet.badge import badge, icon
from dashboard.components.shared.ages import with_ago
from dashboard.i18n import joined, t, t_data
from dashboard.text import format as fmt
from dashboard.views.device_status import DeviceStatus, SourceState
from dashboard.views.source_doubts import SourceDoubt

# Kinds with words of their own here; others show their title.
_KINDS = {"snmp": "source.snmp", "mqtt": "source.mqtt", "logfile": "source.logfile"}

_DOUBTS = {
    NOT_UNDERSTOOD: "source.not_understood",
    UNKNOWN_PROBE: "source.unknown_probe",
    DEVICE_CLOCK: "source.clock",
}


def heading(
    status: DeviceStatus,
    now: int,
    doubts: Sequence[SourceDoubt] = (),
    plug: PlugModel | None = None,
) -> str:
    """HTML of the name, state, place and sources, with what is doubtful about each.

    `plug` is what its plug has taught; it is shown if the device has one.
    """
    device = status.device
    serial = t("device.serial", serial=device.serial) if device.serial else ""
    texts = [t_data(device.profile.title), device.room, serial]
    about = joined(escape(text) for text in texts if text)
    age = with_ago("device.heard", status.last_seen_at, now)
    ways = "".join(_source(source, now, doubts) for source in status.sources)
    if plug is not None and _has_plug(status):
        ways += _plug(plug, device.id)
    ways = ways or f"<li>{escape(t('tile.no_source'))}</li>"
    return (
        f'<div class="sw-heading"><h1>{escape(device.name)}</h1>{badge(status.state)}'
        f'<span class="sw-age">{age}</span></div>'
        f'<p class="sw-about">{about}</p>'
        f'<ul class="sw-ways">{ways}</ul>'
    )


def _source(source: SourceState, now: int, doubts: Sequence[SourceDoubt]) -> str:
    kind = t(_KINDS[source.kind]) if source.kind in _KINDS else t_data(source.title)
    if source.component != source.kind:
        part = source.component.removesuffix(f"-{source.kind}")
        kind = t("source.part", kind=kind, component=part)
    sign = icon("ok" if source.answers else "unknown" if source.up is None else "unavailable")
    looks = "ok" if source.answers else "unavailable"
    own = [doubt for doubt in doubts if doubt.component == source.component]
    hints = "".join(f"<br>{icon('warning')}{escape(_doubt(doubt))}" for doubt in own)
    return (
        f'<li><span class="sw-{looks}-text">{sign}</span><b>{escape(kind)}</b>'
        f' <span class="sw-hint">{_answer(source, now)}{hints}</span></li>'
    )


def _has_plug(status: DeviceStatus) -> bool:
    return any(value.name == POWER and value.reading is not None for value in status.values)


def _plug(plug: PlugModel, device: str) -> str:
    """How far what its plug tells can be believed."""
    load = [plug.accuracy[metric].error_pct for metric in HOURLY if metric in plug.accuracy]
    own = plug.accuracy[EXAMINATIONS]
    texts = [t("plug.examinations", pct=_whole(own.error_pct))]
    texts += [t("plug.load", pct=_whole(error_pct)) for error_pct in load[:1]]
    texts.append(t("plug.days", n=fmt.number(own.days)))
    if plug.learned_from != device:
        texts.append(t("plug.elsewhere", device=plug.learned_from))
    return (
        f'<li><span class="sw-ok-text">{icon("ok")}</span><b>{escape(t("plug.title"))}</b>'
        f' <span class="sw-hint">{escape(", ".join(texts))}</span></li>'
    )


def _whole(pct: float) -> str:
    return fmt.number(max(round(pct), 1))


def _doubt(doubt: SourceDoubt) -> str:
    return t(_DOUBTS[doubt.kind], detail=doubt.detail)


def _answer(source: SourceState, now: int) -> str:
    """HTML."""
    if source.at is None:
        return escape(t("source.never"))
    if not source.is_fresh:
        return escape(t("source.late", span=fmt.span(now - source.at)))
    if not source.up:
        return with_ago("source.silent", source.at, now)
    if source.response_ms is None:
        return with_ago("source.answers", source.at, now)
    ms = fmt.number(source.response_ms)
    return with_ago("source.answers_in", source.at, now, ms=ms)
