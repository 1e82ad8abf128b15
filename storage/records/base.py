"""What all tables of the records share. Every time is UTC milliseconds, as in the series store."""

from typing import Any, TypeVar

from sqlalchemy import JSON, BigInteger, Integer, Text, select
from sqlalchemy.orm import (
    DeclarativeBase,
    MappedAsDataclass,
    Session,
)

from core.vocabulary.alerts import (
    AlertState,
    FeedbackOpinion,
    NoticeKind,
    Repetition,
    WindowKind,
)
from core.vocabulary.assets import AssetCondition, Nomenclature
from core.vocabulary.audit import AuditAction
from core.vocabulary.detection import VerdictKind
from core.vocabulary.downtime import DowntimeCause, DowntimeExtent
from core.vocabulary.files import FileOwner
from core.vocabulary.parts import StockMoveKind
from core.vocabulary.planning import DueBy, SkipKind
from core.vocabulary.proofs import ProofKind
from core.vocabulary.rounds import SkipReason
from core.vocabulary.search import SearchKind
from core.vocabulary.severity import Severity
from core.vocabulary.site_changes import SiteChangeKind
from core.vocabulary.tickets import ClinicalState, LiveEnd, MessageDirection, TicketState, VisitKind
from core.vocabulary.work_orders import ItemAnswer, OpenedBy, OrderKind, OrderState

Value = str | int | float | bool | None  # of a column


# Kept as text: a database that refuses a new word would make each one a migration.
WORDS: tuple[Any, ...] = (
    Severity,
    AlertState,
    FeedbackOpinion,
    NoticeKind,
    WindowKind,
    Repetition,
    AuditAction,
    VerdictKind,
    DueBy,
    SkipKind,
    OrderKind,
    OpenedBy,
    OrderState,
    ItemAnswer,
    DowntimeCause,
    DowntimeExtent,
    AssetCondition,
    Nomenclature,
    FileOwner,
    TicketState,
    ClinicalState,
    LiveEnd,
    MessageDirection,
    VisitKind,
    StockMoveKind,
    SearchKind,
    SiteChangeKind,
    ProofKind,
    SkipReason,
)


# SQLite numbers rows by itself only where the key is exactly INTEGER.
ROW_KEY = BigInteger().with_variant(Integer(), "sqlite")


class Base(MappedAsDataclass, DeclarativeBase):
    """Parent of all tables."""

    type_annotation_map = {
        int: BigInteger(),
        str: Text(),
        **dict.fromkeys(WORDS, Text()),
        list[str]: JSON(),
        dict[str, Value]: JSON(none_as_null=True),
    }


Table = TypeVar("Table", bound=Base)


def all_rows(db: Session, kind: type[Table]) -> list[Table]:
    """Every row of a table, by its key."""
    return list(db.scalars(select(kind).order_by(*kind.__table__.primary_key)))
