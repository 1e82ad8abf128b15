"""Every line of every plan of a site that has a proof, judged at a moment as if its order were open."""

from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy.orm import Session

from core.schema.plan import Item
from core.schema.proof import Proof
from core.schema.site import Device, Site
from maintenance.proofs.case import Case, window_of
from maintenance.proofs.facts import ProofVerdict
from maintenance.proofs.gathering import observe
from maintenance.proofs.judging import judge
from storage.records import OrderItem, WorkOrder


class ProofLine(NamedTuple):
    device: str
    plan: str
    item: str
    proof: Proof
    metric: str  # of the line, if it asks for a number
    verdict: ProofVerdict

    @property
    def name(self) -> str:
        return f"{self.device} {self.plan} {self.item}"

    @property
    def about(self) -> set[str]:
        """The metrics and kinds of event that it looks at."""
        named = {name for _, name in (*self.proof.named_metrics(), *self.proof.named_events())}
        return {*named, *self.proof.beside} or {self.metric}


def proof_lines(db: Session, site: Site, now: int) -> Iterator[ProofLine]:
    for device in site.devices.values():
        for plan in device.plans:
            for item in plan.items:
                if item.proof is not None:
                    verdict = _judged(db, site, device, item, item.proof, now)
                    metric = item.measure.metric if item.measure else ""
                    yield ProofLine(device.id, plan.id, item.id, item.proof, metric, verdict)


def _judged(
    db: Session, site: Site, device: Device, item: Item, proof: Proof, now: int
) -> ProofVerdict:
    order = WorkOrder(device.id, "preventive", "plan", "Check", now)
    metric = item.measure.metric if item.measure else ""
    unit = item.measure.unit if item.measure else ""
    unit = unit or (device.profile.metrics[metric].unit if metric else "")
    component = item.measure.component if item.measure else ""
    case = Case(device, OrderItem(order, item.id, item.text, metric, component, unit), proof, now)
    window = window_of(db, site, case)
    return judge(proof, observe(db, site, case, window), window)
