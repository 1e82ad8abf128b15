"""`scanward backup --try`: the newest backup is restored beside everything, and the exit code says how that went."""

from pathlib import Path

from typer.testing import CliRunner

from app.cli.main import cli
from core.errors import ConfigError
from storage.backup.trial import last_trial
from tests.storage.cast import Place


def test_the_newest_backup_is_tried_and_remembered(tmp_path: Path) -> None:
    place = Place(tmp_path, f"sqlite:///{tmp_path}/var/records.db")
    place.append(range(20))
    site, backups = str(place.site_path), str(place.backups)
    words = ["backup", backups, "--try", "--site", site]
    without = CliRunner().invoke(cli, words)
    assert isinstance(without.exception, ConfigError)
    assert "no finished backup" in str(without.exception)
    CliRunner().invoke(cli, ["backup", backups, "--site", site], catch_exceptions=False)
    tried = CliRunner().invoke(cli, words, catch_exceptions=False)
    assert (tried.exit_code, "can be restored" in tried.output) == (0, True)
    assert "1 series" in tried.output
    [made] = place.backups.glob("scanward-*")
    (made / "series.db").write_bytes(b"")
    broken = CliRunner().invoke(cli, words, catch_exceptions=False)
    assert (broken.exit_code, "CANNOT be restored" in broken.output) == (1, True)
    trial = last_trial(place.site)
    assert trial is not None
    assert not trial.is_whole
