"""A small site with both stores, for backup and exchange."""

from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import select

from core.readings import Batch, Event, Reading
from core.schema.load import load_site
from core.schema.site import Site
from storage.records import Alert, Audit, Delivery, Records, Transition
from storage.series import SeriesReader, SeriesWriter
from tests.storage.tables import made

T0 = 1_760_000_400_000

SITE = """
id: small
name: Small
zone: Asia/Kabul
storage: {{folder: "{folder}/var", records: "file:{folder}/records.url"}}
backup: {{folder: "{folder}/backups", every: 1d, keep: 3, same_disk: true}}
devices: [{{id: mri-2, name: MRI, profile: magnet}}]
"""
PROFILE = "title: Magnet\nmetrics: {helium_level_pct: {title: Helium}}\n"


class Place:
    """The site's files in a folder, and what its stores say."""

    def __init__(self, folder: Path, records_url: str) -> None:
        self.folder = folder
        self.site_path = folder / "config" / "site.yaml"
        (folder / "config" / "profiles").mkdir(parents=True)
        (folder / "config" / "profiles" / "magnet.yaml").write_text(PROFILE)
        (folder / "records.url").write_text(records_url)
        self.site_path.write_text(SITE.format(folder=folder))
        self.site: Site = load_site(self.site_path)
        self.backups = folder / "backups"

    def append(self, numbers: Sequence[int]) -> None:
        """Numbered readings a second apart, and an event each hundred."""
        writer = SeriesWriter(self.site.series_path)
        writer.append([numbered(numbers)])
        writer.close()

    def numbers(self) -> list[int]:
        """The values that are stored."""
        reader = SeriesReader(self.site.series_path)
        return [int(r.value) for r in reader.readings("mri-2", "helium_level_pct", 0, 1_000_000)]

    def events(self) -> list[str]:
        reader = SeriesReader(self.site.series_path)
        return [event.text for event in reader.events("mri-2", 0, 2 * T0, 1_000_000)]

    def raise_alert(self, rule: str) -> None:
        """An alert with its transition and one delivery."""
        records = made(Records(self.site.records_url))
        with records.writing("sara", T0) as db:
            alert = Alert(
                device="mri-2",
                component="é,\n",
                rule=rule,
                title="Helium is low",
                severity="critical",
                metric="helium_level_pct",
                state="firing",
                began_at=T0,
                value=0.1,
            )
            transition = Transition(alert=alert, before="ok", after="firing", at=T0)
            db.add(Delivery(transition=transition, channel="log", next_at=T0))
        records.close()

    def rules(self) -> list[tuple[str, str, float | None]]:
        """The alerts that are stored, and a reading of the audit beside them."""
        records = Records(self.site.records_url)
        with records.reading() as db:
            alerts = db.scalars(select(Alert).order_by(Alert.id)).all()
            audited = db.scalars(select(Audit).where(Audit.what == "alerts")).all()
            assert len(audited) == len(alerts)
        records.close()
        return [(alert.rule, alert.component, alert.value) for alert in alerts]


def numbered(numbers: Sequence[int]) -> Batch:
    """What `Place.append` stores."""
    return Batch(
        [Reading("mri-2", "helium_level_pct", float(n), T0 + n * 1000) for n in numbers],
        [Event("mri-2", "note", str(n), T0 + n * 1000) for n in numbers if n % 100 == 0],
    )
