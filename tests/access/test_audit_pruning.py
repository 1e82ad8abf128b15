"""The audit is as long as the site wants it, and what was taken out is written down."""

from pathlib import Path

import pytest

from access.audit_pruning import prune_audit
from core.errors import ConfigError
from core.schema.load import load_site
from core.time.clock import DAY, iso
from storage.records import Audit
from storage.records.base import all_rows
from tests.access.conftest import T0, Entrance
from tests.dashboard.centre import build


def test_what_is_older_goes_and_a_row_says_so(tmp_path: Path) -> None:
    path = build(tmp_path)
    text = path.read_text(encoding="utf-8")
    path.write_text(text + "retention: {audit: 365d}\n", encoding="utf-8")
    entrance = Entrance(load_site(path))
    entrance.person("sara", "IT")
    with entrance.records.reading() as db:
        old = len(all_rows(db, Audit))
    end = T0 + 365 * DAY
    assert prune_audit(entrance.records, entrance.site, end) == 0
    assert prune_audit(entrance.records, entrance.site, end + 1) == old
    assert prune_audit(entrance.records, entrance.site, end + 1) == 0
    with entrance.records.reading() as db:
        [row] = all_rows(db, Audit)
        assert (row.who, row.what, row.action) == ("maintenance", "audit", "delete")
        assert row.before == {"rows": old, "before": iso(T0 + 1)}
    entrance.records.close()


def test_it_is_kept_for_ever_unless_the_site_says_and_never_for_a_day(
    entrance: Entrance, tmp_path: Path
) -> None:
    entrance.person("sara", "IT")
    assert prune_audit(entrance.records, entrance.site, T0 + 100 * 365 * DAY) == 0
    path = tmp_path / "site.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "retention: {audit: 1d}\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"retention\.audit"):
        load_site(path)
