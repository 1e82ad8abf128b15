"""What the centre owns and who must help: asset sheets, their components, vendors and contracts.

The sheet of a watched device has the device's id of the site file; other assets have ids of their
own. A day without a time is `YYYY-MM-DD`; money is in hundredths of the site's `currency`.
"""

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from core.vocabulary.assets import AssetCondition, Nomenclature
from storage.records.base import ROW_KEY, Base


class Vendor(Base):
    """Who sells, repairs or answers tickets."""

    __tablename__ = "vendors"

    id: Mapped[str] = mapped_column(primary_key=True)  # small letters, as `siemens-service`
    name: Mapped[str]
    contact: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")


class Contract(Base):
    """What a vendor has promised. Hours are counted only while the contract covers (core/time/covered_hours.py)."""

    __tablename__ = "contracts"

    id: Mapped[int] = mapped_column(ROW_KEY, primary_key=True, init=False)
    vendor_id: Mapped[str] = mapped_column(ForeignKey("vendors.id"), index=True)
    number: Mapped[str]
    starts_on: Mapped[str]
    ends_on: Mapped[str]  # the last day that is covered
    days: Mapped[list[str]]  # sat to fri
    opens: Mapped[str] = mapped_column(default="00:00")
    closes: Mapped[str] = mapped_column(default="24:00")
    zone: Mapped[str] = mapped_column(default="")  # of these hours; empty: the site's
    response_h: Mapped[float | None] = mapped_column(default=None)  # covered hours to an answer
    resolution_h: Mapped[float | None] = mapped_column(default=None)  # covered hours to a solution
    cost_cents: Mapped[int] = mapped_column(default=0)  # a year
    note: Mapped[str] = mapped_column(default="")


class Asset(Base):
    """The sheet of one device: WHO's minimum inventory, and what money and support need."""

    __tablename__ = "assets"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]  # description
    entered_at: Mapped[int]
    updated_at: Mapped[int]
    nomenclature: Mapped[Nomenclature] = mapped_column(default="")
    code: Mapped[str] = mapped_column(default="")  # in that nomenclature
    manufacturer: Mapped[str] = mapped_column(default="")
    manufacturer_contact: Mapped[str] = mapped_column(default="")
    model: Mapped[str] = mapped_column(default="")
    serial: Mapped[str] = mapped_column(default="")
    location: Mapped[str] = mapped_column(default="")
    condition: Mapped[AssetCondition] = mapped_column(default="working")
    power_needs: Mapped[str] = mapped_column(default="")
    environment_needs: Mapped[str] = mapped_column(default="")
    software: Mapped[str] = mapped_column(default="")
    supplier_id: Mapped[str | None] = mapped_column(ForeignKey("vendors.id"), default=None)
    contract_id: Mapped[int | None] = mapped_column(ForeignKey("contracts.id"), default=None)
    purchased_on: Mapped[str] = mapped_column(default="")
    in_service_on: Mapped[str] = mapped_column(default="")
    warranty_until: Mapped[str] = mapped_column(default="")  # the last day
    price_cents: Mapped[int | None] = mapped_column(default=None)
    income_cents: Mapped[int | None] = mapped_column(default=None)  # of one examination
    criticality: Mapped[int | None] = mapped_column(default=None)  # 1 to 10, Wang & Levenson
    note: Mapped[str] = mapped_column(default="")
    components: Mapped[list["Component"]] = relationship(
        back_populates="asset", cascade="all, delete-orphan", default_factory=list
    )


class Component(Base):
    """A part of an asset with a serial and a life of its own: tube, detector, cold head, battery.

    Its life is counted in days, or by `counter`, a metric of the device; whichever ends first.
    """

    __tablename__ = "components"

    id: Mapped[int] = mapped_column(ROW_KEY, primary_key=True, init=False)
    asset: Mapped[Asset] = relationship(back_populates="components")
    name: Mapped[str]  # `tube`, as parts name it
    serial: Mapped[str] = mapped_column(default="")
    model: Mapped[str] = mapped_column(default="")
    installed_on: Mapped[str] = mapped_column(default="")
    removed_on: Mapped[str] = mapped_column(default="")
    counter: Mapped[str] = mapped_column(default="")
    counter_at_install: Mapped[float] = mapped_column(default=0.0)
    life_count: Mapped[float | None] = mapped_column(default=None)  # in the counter's unit
    life_days: Mapped[int | None] = mapped_column(default=None)
    note: Mapped[str] = mapped_column(default="")
    asset_id: Mapped[str] = mapped_column(ForeignKey("assets.id"), index=True, init=False)


def assets(db: Session) -> list[Asset]:
    """Every sheet, by id."""
    return list(db.scalars(select(Asset).order_by(Asset.id)))


def vendors(db: Session) -> list[Vendor]:
    """Every vendor, by id."""
    return list(db.scalars(select(Vendor).order_by(Vendor.id)))


def contracts(db: Session) -> list[Contract]:
    """Every contract, the one that ends first at the top."""
    return list(db.scalars(select(Contract).order_by(Contract.ends_on, Contract.id)))


def contract_of(db: Session, device: str) -> Contract | None:
    """The contract on a device's sheet."""
    return db.scalars(
        select(Contract).join(Asset, Asset.contract_id == Contract.id).where(Asset.id == device)
    ).first()


def under_contract(db: Session, contract: int) -> list[Asset]:
    """The assets that a contract is for."""
    return list(db.scalars(select(Asset).where(Asset.contract_id == contract).order_by(Asset.id)))


def components_counted_by(db: Session, device: str, counter: str) -> list[Component]:
    """The components, in use or not, whose life that counter of the device counts."""
    query = select(Component).where(Component.asset_id == device, Component.counter == counter)
    return list(db.scalars(query.order_by(Component.id)))


def components_in_use(db: Session, name: str) -> list[Component]:
    """The components of that name which are in an asset now."""
    query = select(Component).where(Component.name == name, Component.removed_on == "")
    return list(db.scalars(query.order_by(Component.id)))
