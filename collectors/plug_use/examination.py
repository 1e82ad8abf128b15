"""For the doctor: whether each plug is learned, and how far what it tells can be believed."""

import asyncio
from collections.abc import Sequence

from collectors.base import Now
from collectors.plug_use import model as models
from collectors.plug_use.history import learn_now, read_curve
from collectors.plug_use.metrics import EXAMINATIONS, HOURLY, POWER
from collectors.plug_use.model import PlugModel
from collectors.plug_use.power_curve import is_same_pace
from collectors.plug_use.source import can_be_read
from core.errors import StoreError
from core.finding import Finding, Findings
from core.readings import Event, Reading
from core.schema.site import Site
from core.time.clock import DAY, SECOND

POOR_PCT = 10.0  # a person should know of an error that is larger. Engineering


async def examine(site: Site, now: Now, stored: Sequence[Reading | Event]) -> list[Finding]:
    """A finding of each device whose plug has ever been read. Nothing is stored."""
    plugs = {
        reading.device
        for reading in stored
        if isinstance(reading, Reading) and reading.metric == POWER
    }
    return [
        finding
        for device in site.devices.values()
        if device.id in plugs and can_be_read(device)
        for finding in await asyncio.to_thread(_examine, site, device.id, now())
    ]


def accuracy_text(model: PlugModel, device: str) -> str:
    """`examinations within 3 %, load within 5 %, by 12 days held out`."""
    examinations = model.accuracy[EXAMINATIONS]
    load = next((model.accuracy[metric] for metric in HOURLY if metric in model.accuracy), None)
    texts = [f"examinations within {_percent(examinations.error_pct)} %"]
    if load is not None:
        texts.append(f"load within {_percent(load.error_pct)} %")
    texts.append(f"by {examinations.days} days held out")
    if model.learned_from != device:
        texts.append(f"learned from {model.learned_from} and not tried here")
    return ", ".join(texts)


def _percent(error_pct: float) -> int:
    return max(round(error_pct), 1)


def _examine(site: Site, device: str, now: int) -> Findings:
    findings = Findings(f"{device} use by plug")
    model = models.best(site, site.devices[device])
    try:
        if model is None:
            learned = learn_now(site, device, now)
            is_ready = isinstance(learned, PlugModel)
            findings.ok("is learned within the hour" if is_ready else f"not learned: {learned}")
            return findings
        pace = read_curve(site, device, now - DAY, now).pace
    except StoreError as error:
        findings.fail(str(error))
        return findings
    text = accuracy_text(model, device)
    if pace and not is_same_pace(pace, model.pace):
        findings.warn(
            f"{text}; but it was learned with a reading each {model.pace / SECOND:g} s, and now there is one"
            f" each {pace / SECOND:g} s: nothing is read of it until it has learned anew"
        )
    elif model.learned_from != device or model.accuracy[EXAMINATIONS].error_pct >= POOR_PCT:
        findings.warn(text)
    else:
        findings.ok(text)
    return findings
