"""What has been learned of one device's plug, and how well it tells. Kept as JSON, numbers only."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError

from collectors.plug_use.metrics import EXAMINATIONS
from core.schema.site import Device, Site
from core.schema.strict_model import Strict
from core.time.clock import DAY
from storage.files.atomic import translated, write_own

LEARNS_FROM = 28 * DAY  # four weeks, as the usual week has it elsewhere
MARGIN_PCT = 5.0  # Engineering

Weight = Annotated[float, Field(ge=0)]


class Accuracy(Strict):
    """How far the plug was off on days that it had not learned from."""

    error_pct: float = Field(ge=0)  # the sum of what single days were off, in % of the sum of all
    days: int = Field(ge=1)


class PlugModel(Strict):
    """How examinations and load are read from a plug."""

    learned_at: int  # UTC ms
    learned_from: str  # the device, or another of its profile
    pace: int = Field(gt=0)  # between two readings of the plug, ms
    threshold_w: float = Field(gt=0)  # above idle; what reaches it is a peak
    weights: dict[str, list[Weight]]  # by metric, of what `seen_in` counts for it
    accuracy: dict[str, Accuracy]  # by metric


def model_path(site: Site, device: str) -> Path:
    """Where the model of a device is, or would be."""
    return site.models_path / device / "plug_use.json"


def save(site: Site, device: str, model: PlugModel) -> None:
    """Whole or not at all. StoreError if the disk refuses."""
    with translated("what the plug has taught was not kept"):
        write_own(model_path(site, device), model.model_dump_json(indent=1).encode())


def load(site: Site, device: str) -> PlugModel | None:
    """The model of a device. None if there is none, or it is damaged: it is learned anew."""
    try:
        return PlugModel.model_validate_json(model_path(site, device).read_bytes())
    except (OSError, ValidationError):
        return None


def is_doubtful(learned: PlugModel, before: PlugModel | None) -> bool:
    """Is it so much worse than the last that rather the PACS lacks days? For as long as it learns from them."""
    if before is None or not 0 <= learned.learned_at - before.learned_at < LEARNS_FROM:
        return False
    last = before.accuracy[EXAMINATIONS].error_pct
    return learned.accuracy[EXAMINATIONS].error_pct > 2 * last + MARGIN_PCT


def best(site: Site, device: Device) -> PlugModel | None:
    """The device's own model, else that of another of its profile: the same machine. Else None."""
    own = load(site, device.id)
    if own is not None:
        return own
    others = (
        load(site, other.id)
        for other in site.devices.values()
        if other.id != device.id and other.profile_name == device.profile_name
    )
    known = [model for model in others if model is not None]
    return min(known, key=lambda model: model.accuracy[EXAMINATIONS].error_pct, default=None)
