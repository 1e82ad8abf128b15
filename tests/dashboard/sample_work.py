"""The work of the small centre: a plan for the CT, a vendor with a contract, a part on the shelf."""

from pathlib import Path

from alerts.evaluation.engine import AlertEngine
from core.readings import Batch, Reading
from core.time.clock import DAY, HOUR, from_ms
from maintenance.assets.register import sheet_of
from maintenance.downtime.from_alerts import Follower
from maintenance.parts import stock
from maintenance.planning.planner import Planner
from maintenance.planning.tasks import record_done
from maintenance.work_orders.opening import open_order
from storage.records import Asset, Contract, Vendor, Verdict, WorkOrder
from storage.records import work_orders as order_rows
from storage.records.verdicts import write_verdicts
from storage.series import SeriesReader
from tests.dashboard.centre import Centre

PLANS = """
title: Tube
risk: {function: 6, risk: 3, maintenance: 5}
plans:
  - id: tube_monthly
    title: Monthly check of the tube
    every: 30d
    grace: 7d
    minutes: 60
    takes_down: true
    is_service: true
    items:
      - {id: dust, text: Filters are clean}
      - id: laser
        text: Largest offset of the lasers
        measure: {metric: qa_laser_offset_mm, unit: mm, plausible: [0, 50], high: 2}
        proof: {kind: result, newer_than: 7d, because: it was measured already in a round}
"""


DETECTOR = """detectors:
  - {id: tube_cooling, kind: drift, metric: tube_temp_c, sided: up}
rules:
  - {id: tube_cools_badly, kind: anomaly, title: The tube cools badly, detector: tube_cooling,
     severity: error, out_of_service: hard, basis: engineering}
"""


def with_plans(path: Path) -> Path:
    """Before the site is loaded: the tubes get the plan above."""
    (path.parent / "plans").mkdir()
    (path.parent / "plans" / "tube.yaml").write_text(PLANS, encoding="utf-8")
    profile = path.parent / "profiles" / "tube.yaml"
    text = profile.read_text(encoding="utf-8")
    text = text.replace("severity: warning,", "severity: error, out_of_service: hard,")
    text = text.replace("rules:\n", DETECTOR)
    profile.write_text(text + "plans: [tube]\n", encoding="utf-8")
    return path


def furnish(centre: Centre, now: int) -> None:
    """A vendor who has the contract of CT-2, and two spare fans at 80 each."""
    ends = from_ms(now + 200 * DAY).date().isoformat()
    with centre.change(now) as tx:
        db = tx.db
        db.add(Vendor(id="tube-service", name="Tube Service", email="help@vendor.invalid"))
        db.flush()
        days = ["sat", "sun", "mon", "tue", "wed", "thu", "fri"]
        contract = Contract(
            vendor_id="tube-service", number="C-7", starts_on="2020-01-01", ends_on=ends, days=days,
            response_h=4.0, resolution_h=48.0,
        )  # fmt: skip
        db.add(contract)
        db.flush()
        sheet_of(tx, "ct-2").contract_id = contract.id
        stock.add_part(
            tx, "ct-fan", "Gantry fan", devices=["ct-2"], minimum=2, lead_days=20, cost_cents=8000
        )
        stock.move(tx, "ct-fan", "received", 2)


def make_due(centre: Centre, now: int) -> int:
    """The monthly check of CT-2 is due since an hour; the number of its order."""
    with centre.change(now) as tx:
        record_done(tx, "ct-2", "tube_monthly", now - 30 * DAY - HOUR)
    Planner(centre.site, SeriesReader(centre.site.series_path), centre.records).round(now)
    with centre.records.reading() as db:
        return next(o.id for o in order_rows.orders(db, device="ct-2") if o.kind == "preventive")


def make_proven(centre: Centre, now: int, offset: float = 1.5) -> int:
    """The same, and the lasers were measured an hour ago, which the rules have judged."""
    number = make_due(centre, now)
    reading = Reading("ct-2", "qa_laser_offset_mm", offset, now - HOUR)
    centre.series.append([Batch([reading])])
    engine = AlertEngine(centre.site, SeriesReader(centre.site.series_path), centre.records)
    while engine.step():
        pass
    return number


def order_by_hand(centre: Centre, now: int, device: str = "ct-2") -> int:
    """A corrective order for a device that cannot be used; its number."""
    with centre.change(now) as tx:
        return open_order(tx, device, "Fan is loud", down="hard").id


def order_of(centre: Centre, number: int) -> WorkOrder:
    """An order with its steps and items."""
    with centre.records.reading() as db:
        order = db.get_one(WorkOrder, number)
        _ = order.steps, order.items, order.labour, order.costs
        return order


def wear(centre: Centre, now: int) -> None:
    """The detector of CT-2 says that it is not as it was; the engine judges it as it would live."""
    verdict = Verdict(
        device="ct-2", component="", detector="tube_cooling", at=now - HOUR, kind="anomaly",
        score=1.0, alarm=True, carried_by=["mean"], value=44.0, expected=41.0, low=40.0, high=42.0,
        since=now - 9 * DAY, limit=60.0, limit_at=now + 20 * DAY, limit_at_low=now + 15 * DAY,
        limit_at_high=now + 30 * DAY,
    )  # fmt: skip
    with centre.records.writing("detection", now) as db:
        write_verdicts(db, [verdict])
    engine = AlertEngine(centre.site, SeriesReader(centre.site.series_path), centre.records)
    while engine.step_verdicts():
        pass
    follower = Follower(centre.site, centre.records)
    while follower.step(now):
        pass


def asset_of(centre: Centre, name: str) -> Asset:
    """A sheet with its components."""
    with centre.records.reading() as db:
        asset = db.get_one(Asset, name)
        _ = asset.components
        return asset


def set_up(centre: Centre, now: int, **values: object) -> None:
    """What the sheet of CT-2 says."""
    with centre.change(now) as tx:
        sheet = sheet_of(tx, "ct-2")
        for name, value in values.items():
            setattr(sheet, name, value)
