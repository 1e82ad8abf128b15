"""What `scanward model` wants of the detectors beside the service: to list them, and to train one now."""

from dataclasses import dataclass

from alerts.detection.backend import BACKEND, DetectorBackend
from alerts.detection.instance import settings_digest
from alerts.detection.load import load_instance, save_instance, start_instance, training_job
from alerts.detection.targets import DetectorTarget, detector_targets
from alerts.detection.training import TrainingOutcome, learn
from core.errors import StoreError
from core.schema.site import Site
from storage.detector_models.store import ModelCard, ModelStore
from storage.records import Records, Verdict
from storage.records import verdicts as verdict_rows
from storage.series import SeriesReader


@dataclass(frozen=True)
class DetectorSummary:
    """One detector with its model and its newest verdict. `trouble` says why its file cannot be read."""

    target: DetectorTarget
    card: ModelCard | None
    verdict: Verdict | None
    trouble: str = ""

    @property
    def is_current(self) -> bool:
        """Was it learned with the settings of today?"""
        return self.card is None or self.card.settings == settings_digest(self.target)


def detector_summaries(
    site: Site, series: SeriesReader, records: Records, models: ModelStore
) -> list[DetectorSummary]:
    """Every detector of the site."""
    with records.reading() as db:
        newest = verdict_rows.newest_verdicts(db)
    summaries = []
    for target in detector_targets(site, series.names()):
        card, trouble = None, ""
        try:
            loaded = models.load(*target.key)
            card = loaded[0] if loaded else None
        except StoreError as error:
            trouble = str(error)
        summaries.append(DetectorSummary(target, card, newest.get(target.key), trouble))
    return summaries


def train_now(
    target: DetectorTarget,
    site: Site,
    series: SeriesReader,
    records: Records,
    models: ModelStore,
    scanward: str,
    now: int,
    backend: DetectorBackend = BACKEND,
) -> TrainingOutcome:
    """Learn in this process and save it; a service that runs meanwhile takes it up within a minute.

    The model is of the moment up to which the detector has judged. UntrustedModelError: its file must
    not be read.
    """
    instance = load_instance(models, backend, target, site.zone, 0.0)
    instance = instance or start_instance(series, models, backend, target, site.zone, now)
    outcome = learn(training_job(instance, site, records))
    if outcome.state is not None:
        instance.adopt(outcome, now, scanward)
        save_instance(models, instance)
    return outcome
