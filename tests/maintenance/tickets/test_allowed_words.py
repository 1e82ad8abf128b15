"""Words kept in a ticket's bundles: who, when and which stand in the audit and in the manifest."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.errors import RefusedError
from maintenance.tickets.allowed_words import keep_words, preview
from maintenance.tickets.diagnostics import DiagnosticsRequest, attach_bundle, make_bundle
from maintenance.tickets.lifecycle import open_ticket
from storage.records import Audit, Vendor
from storage.records.transaction import transaction
from storage.series import SeriesReader
from tests.maintenance.bundle.cast import END, Centre, opened, unzipped

TEXT = "The blorker squorks. Karimi, 0788456123, knows."


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Centre]:
    centre = opened(tmp_path)
    with transaction(centre.records, centre.site, "sara", END) as tx:
        tx.db.add(Vendor(id="maker", name="The maker"))
        tx.db.flush()
        open_ticket(tx, "ct-2", "maker", "Fan", TEXT)
    yield centre
    centre.series.close()
    centre.records.close()


def test_what_is_kept_is_in_the_bundle_with_who_let_it_stay(centre: Centre) -> None:
    shown = preview(centre.site, centre.records, 1, END)
    assert [text.keepable for text in shown.written] == [["blorker", "squorks"]]
    with transaction(centre.records, centre.site, "sara", END + 1) as tx:
        keep_words(tx, 1, ["Blorker", "squorks"])
        keep_words(tx, 1, ["squorks", "blorker"])  # twice is once
    assert preview(centre.site, centre.records, 1, END).allowed == ["blorker", "squorks"]
    request = DiagnosticsRequest("ct-2", 3_600_000, ticket_id=1)

    bundle = make_bundle(
        centre.site, SeriesReader(centre.site.series_path), centre.records, request, END + 2
    )
    files = unzipped(bundle.archive.data)
    assert "The blorker squorks. [removed], knows." in files["facts.json"].decode()
    rows = json.loads(files["manifest.json"])["allowed_words"]
    assert [(row["word"], row["by"]) for row in rows] == [("blorker", "sara"), ("squorks", "sara")]
    assert "Kept by a person at the site" in files["index.html"].decode()
    with transaction(centre.records, centre.site, "sara", END + 3) as tx:
        attach_bundle(tx, 1, bundle)
        keep_words(tx, 1, [])
        audit = tx.db.query(Audit).filter_by(what="allowed_words")
        assert sorted(row.action for row in audit) == ["delete", "delete", "insert", "insert"]
    assert preview(centre.site, centre.records, 1, END).allowed == []


def test_a_number_is_refused_whoever_asks(centre: Centre) -> None:
    with (
        pytest.raises(RefusedError, match="'0788456123' is not a word"),
        transaction(centre.records, centre.site, "sara", END) as tx,
    ):
        keep_words(tx, 1, ["blorker", "0788456123"])
    assert preview(centre.site, centre.records, 1, END).allowed == []
