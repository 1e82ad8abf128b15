"""For the doctor: whether each plug is learned, and how far what it tells can be believed."""

import asyncio
from collections.abc import Sequence

from collectors.base import Now
from collectors.plug_use import model as models
from collectors.plug_use.history import learn_now
from collectors.plug_use.metrics import EXAMINATIONS, HOURLY, POWER
from collectors.plug_use.model import PlugModel
from collectors.plug_use.source import can_be_read
from core.errors import StoreError
from core.finding import Finding, Findings
from core.readings import Event, Reading
from core.schema.site import Site

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
    if model is not None:
        is_good = model.learned_from == device and model.accuracy[EXAMINATIONS].error_pct < POOR_PCT
        (findings.ok if is_good else findings.warn)(accuracy_text(model, device))
        return findings
    try:
        learned = learn_now(site, device, now)
    except StoreError as error:
        findings.fail(str(error))
    else:
        is_ready = isinstance(learned, PlugModel)
        findings.ok("is learned within the hour" if is_ready else f"not learned: {learned}")
    return findings
