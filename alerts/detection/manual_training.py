"""What a person asks of the detectors beside the loop: what there is, and to learn now."""

from dataclasses import dataclass

from alerts.detection.instance import settings_digest
from alerts.detection.load import begun, job_of, resumed
from alerts.detection.service import SEAM, keep
from alerts.detection.targets import Place, places
from alerts.detection.training import Outcome, Seam, learn
from core.errors import StoreError
from core.schema.site import Site
from storage.detector_models.store import Card, ModelStore
from storage.records import Records, Verdict
from storage.records import verdicts as verdict_rows
from storage.series import SeriesReader


@dataclass(frozen=True)
class Told:
    """One detector as it stands. `trouble` says why its file cannot be read."""

    place: Place
    card: Card | None
    verdict: Verdict | None
    trouble: str = ""

    @property
    def fits(self) -> bool:
        """Was it learned with the settings of today?"""
        return self.card is None or self.card.settings == settings_digest(self.place)


def told(site: Site, series: SeriesReader, records: Records, models: ModelStore) -> list[Told]:
    """Every detector of the site with its model and its newest verdict."""
    with records.reading() as db:
        newest = verdict_rows.newest_verdicts(db)
    found = []
    for place in places(site, series.names()):
        card, trouble = None, ""
        try:
            loaded = models.load(*place.key)
            card = loaded[0] if loaded else None
        except StoreError as error:
            trouble = str(error)
        found.append(Told(place, card, newest.get(place.key), trouble))
    return found


def learn_now(
    place: Place,
    site: Site,
    series: SeriesReader,
    records: Records,
    models: ModelStore,
    scanward: str,
    now: int,
    seam: Seam = SEAM,
) -> Outcome:
    """Learn in this process and keep it; a loop that runs meanwhile takes it up within a minute.

    The model is of the moment up to which the detector has judged. UntrustedModelError: its file must
    not be read.
    """
    running = resumed(models, seam, place, site.zone, 0.0)
    running = running or begun(series, models, seam, place, site.zone, now)
    outcome = learn(job_of(running, site, records))
    if outcome.state is not None:
        running.adopt(outcome, now, scanward)
        keep(models, running)
    return outcome
