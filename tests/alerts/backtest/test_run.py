"""A stored history replayed through rules, beside what the rules of the time did."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from alerts.backtest.result import BacktestResult
from alerts.backtest.run import EVERYTHING, backtest
from alerts.backtest.selection import BacktestSelection
from alerts.evaluation.closing import end_by_hand
from core.errors import RefusedError
from core.readings import UP, Batch, Reading
from core.schema.load import load_site
from core.schema.site import Site
from core.schema.storage import Retention
from core.time.clock import DAY, MINUTE
from storage.records import Verdict
from storage.records import alerts as alert_rows
from storage.records import verdicts as verdict_rows
from storage.records.audit import Audit
from storage.records.windows import Window
from storage.series import SeriesReader
from tests.alerts.evaluation.small_site import T0, SmallSite, at

RULE = "above: 30, clear: 28, for: 5m"


NEVER = range(0)  # minutes


class Lived(SmallSite):
    """A site at which the engine has judged two days: a value a minute, and an answer with each."""

    def live(
        self, values: dict[int, float], minutes: int, silent: range = NEVER, unread: range = NEVER
    ) -> None:
        """20, but from each minute of `values` on what it says."""
        value = 20.0
        for minute in range(minutes):
            value = values.get(minute, value)
            if minute in silent:
                self.tick(minute)
                continue
            readings = [Reading("ct-1", UP, 1, at(minute), "snmp")]
            if minute not in unread:
                readings.append(Reading("ct-1", "value_x", value, at(minute)))
            self.writer.append([Batch(readings)])
            if minute % 30 == 0 or minute in values:
                self.judge()
                self.tick(minute)
        self.now = at(minutes)
        self.judge()
        self.tick(minutes)

    def edited(self, rule: str) -> Site:
        """The same site with another rule."""
        path = self.site.series_path.parent / "profiles" / "own.yaml"
        path.write_text(path.read_text().replace(RULE, rule))
        return load_site(path.parent.parent / "site.yaml")

    def added(self, text: str) -> Site:
        """The same site with more in its profile."""
        path = self.site.series_path.parent / "profiles" / "own.yaml"
        path.write_text(path.read_text().rstrip() + text)
        return load_site(path.parent.parent / "site.yaml")

    def tried(
        self, site: Site, minutes: int, selection: BacktestSelection = EVERYTHING
    ) -> BacktestResult:
        series = SeriesReader(self.site.series_path)
        return backtest(site, series, self.records, T0, at(minutes), selection)


@pytest.fixture
def lived(tmp_path: Path) -> Iterator[Lived]:
    site = Lived(tmp_path, RULE)
    yield site
    site.close()


def fired(result: BacktestResult) -> list[tuple[str, float, float, str]]:
    """Rule, minutes at which it fired and ended, and by which rules."""
    return [
        (
            alert.rule,
            (alert.fired_at - T0) / MINUTE,
            (alert.until(result.end) - T0) / MINUTE,
            alert.fired_by,
        )
        for alert in result.alerts
    ]


EXCURSIONS = {60: 31.0, 90: 20.0, 120: 36.0, 150: 20.0}


def test_the_present_rules_do_again_what_they_did(lived: Lived) -> None:
    lived.live(EXCURSIONS, 200)
    result = lived.tried(lived.site, 200)
    assert fired(result) == [("rule", 65, 90, "both"), ("rule", 125, 150, "both")]
    assert (result.incidents, result.incidents_before) == (2, 2)
    assert result.coarse_until is None


def test_a_maintenance_window_was_one_in_the_replay_too(lived: Lived) -> None:
    """The value is out of its limit twice; in the first time somebody worked there."""
    lived.live(EXCURSIONS, 200)
    with lived.records.writing() as db:
        db.add(Window("maintenance", "ct-1", at(50), at(100), "new tube", "sara"))
    result = lived.tried(lived.site, 200)
    assert fired(result) == [("rule", 65, 90, "both"), ("rule", 125, 150, "both")]
    assert {message.at > at(100) for message in result.messages} == {True}


def test_what_a_person_closed_is_closed_in_the_replay_too(lived: Lived) -> None:
    lived.live({60: 31.0}, 100, unread=range(70, 100))
    with lived.records.writing() as db:
        [alert] = alert_rows.open_alerts(db).values()
        end_by_hand(db, lived.site, alert, "closed by sara: the probe is gone", at(90))
    assert fired(lived.tried(lived.site, 100)) == [("rule", 65, 90, "both")]


def test_another_limit_shows_what_would_not_have_fired(lived: Lived) -> None:
    lived.live(EXCURSIONS, 200)
    result = lived.tried(lived.edited("above: 35, clear: 33, for: 5m"), 200)
    assert fired(result) == [("rule", 65, 90, "present"), ("rule", 125, 150, "both")]
    [summary] = result.summaries
    assert (summary.fired, summary.fired_before) == (1, 2)
    assert summary.longest == summary.total == 25 * MINUTE
    assert summary.a_month == pytest.approx(30 * DAY / (200 * MINUTE))


def test_and_what_would_have_fired_besides(lived: Lived) -> None:
    lived.live({60: 26.0, 90: 20.0, 180: 26.0}, 200)
    result = lived.tried(lived.edited("above: 25, clear: 24, for: 5m"), 200)
    assert fired(result) == [("rule", 65, 90, "candidate"), ("rule", 185, 200, "candidate")]
    assert result.alerts[-1].ended_at is None  # open still


def test_silence_is_found_while_nothing_at_all_is_read(lived: Lived) -> None:
    """The only source of the site is silent: its own time stands still, so nobody is accused."""
    lived.live({}, 200, silent=range(60, 120))
    assert fired(lived.tried(lived.site, 200)) == []


def test_an_absence_is_found_at_its_time(lived: Lived) -> None:
    lived.live({}, 200, unread=range(60, 120))
    result = lived.tried(lived.edited("kind: absence, for: 10m"), 200)
    [(rule, fired_at, ended_at, by)] = fired(result)
    assert (rule, by) == ("rule", "candidate")
    assert 69 <= fired_at <= 69 + 5  # it is looked for each five minutes
    assert 120 <= ended_at <= 120 + 5


def test_a_short_absence_is_not_overlooked_between_two_looks(lived: Lived) -> None:
    lived.live({}, 200, unread=range(61, 64))
    result = lived.tried(lived.edited("kind: absence, for: 2m"), 200)
    assert fired(result) == [("rule", 62, 64, "candidate")]


def test_verdicts_of_detectors_are_judged_at_their_time(lived: Lived) -> None:
    lived.live({}, 200)
    with lived.records.writing() as db:
        kinds = {60: "anomaly", 120: "normal"}
        verdict_rows.write_verdicts(
            db,
            [
                Verdict("ct-1", "", "drift_x", at(minute), kind, 1, kind == "anomaly")  # type: ignore[arg-type]
                for minute, kind in kinds.items()
            ],
        )
    detector = "detectors: [{id: drift_x, kind: drift, metric: value_x}]"
    added = """
  - {id: drifts, kind: anomaly, title: Drifts, detector: drift_x, severity: info, basis: engineering}
"""
    assert fired(lived.tried(lived.added(added + detector), 200)) == [
        ("drifts", 60, 120, "candidate")
    ]


def test_a_service_is_not_known_before_its_time(lived: Lived) -> None:
    lived.serviced(150)
    lived.live(EXCURSIONS, 200)
    assert len(lived.tried(lived.site, 200).alerts) == 2


@pytest.mark.parametrize(
    ("days", "level", "fired_by"), [(4, "minutes", "both"), (40, "hours", "present")]
)
def test_where_raw_readings_are_gone_means_stand_for_them_and_it_says_so(
    days: int, level: str, fired_by: str, lived: Lived
) -> None:
    """Half an hour too hot is not seen in the mean of the hour."""
    lived.live(EXCURSIONS, 200)
    while lived.writer.compact(everything=True):
        pass
    keep = Retention.model_validate({"raw": "2d", "minutes": "30d", "hours": "60d"})
    while lived.writer.apply_retention(keep, T0 + days * DAY):
        pass
    result = lived.tried(lived.site, 200)
    assert [alert.fired_by for alert in result.alerts] == [fired_by] * 2
    assert (result.coarsest, result.coarse_until) == (level, at(200))


def test_it_never_knows_what_came_later(lived: Lived) -> None:
    """A rate is judged by the store's own history, which has the future as well."""
    lived.live({60: 26.0, 120: 80.0}, 200)
    rule = "kind: rate, above: 30, clear: 10, per: 1h, window: 30m"
    result = lived.tried(lived.edited(rule), 100)
    assert all(alert.fired_at < at(100) for alert in result.alerts)


def test_it_begins_with_the_first_day_that_has_anything(lived: Lived) -> None:
    """How many a month is counted from there."""
    lived.live(EXCURSIONS, 200)
    series = SeriesReader(lived.site.series_path)
    result = backtest(lived.site, series, lived.records, T0 - 90 * DAY, at(200))
    assert result.start == T0 // DAY * DAY
    assert len(result.alerts) == 2
    [summary] = result.summaries
    assert summary.a_month == summary.a_month_before > 30


def test_a_store_without_anything_gives_nothing(lived: Lived) -> None:
    result = lived.tried(lived.site, 200)
    assert (result.alerts, result.summaries, result.incidents) == ((), (), 0)


def test_nothing_at_the_site_is_written(lived: Lived) -> None:
    lived.live(EXCURSIONS, 200)
    with lived.records.reading() as db:
        before = db.query(Audit).count()
    size = lived.site.series_path.stat().st_size
    lived.tried(lived.site, 200)
    with lived.records.reading() as db:
        assert db.query(Audit).count() == before
    assert lived.site.series_path.stat().st_size == size


def test_one_rule_alone_or_one_device(lived: Lived) -> None:
    lived.live(EXCURSIONS, 200)
    assert len(lived.tried(lived.site, 200, BacktestSelection("rule")).alerts) == 2
    assert lived.tried(lived.site, 200, BacktestSelection("silent", "ct-1")).alerts == ()
    with pytest.raises(RefusedError, match=r"did you mean 'silent'"):
        lived.tried(lived.site, 200, BacktestSelection("silnt"))
    with pytest.raises(RefusedError, match=r"did you mean 'ct-1'"):
        lived.tried(lived.site, 200, BacktestSelection(device="ct-11"))
