"""Walks table columns side by side. Ends where the subtree ends, and wherever an agent misbehaves.

pysnmp's own walks go on for ever against an agent whose OIDs do not increase.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from collectors.snmp.explain import TOO_BIG
from collectors.snmp.get import IncompleteError, Requester, dotted, in_chunks
from collectors.snmp.session import Oid, Reply
from collectors.snmp.value import END

MOST_ROWS = 2000  # of one column
_PAIRS_A_REPLY = 60  # about one unbroken packet
_ROWS_A_REPLY = 25


@dataclass(slots=True)
class _Column:
    """One column and how far it has been read."""

    root: Oid
    last: Oid
    rows: int = 0


@dataclass(slots=True)
class _Group:
    """Columns that share a request, and how many rows of each it asks for."""

    columns: list[_Column]
    repeat: int

    def halves(self) -> "list[_Group]":
        """Two smaller requests, for an agent that finds this one too big; none if it is a single cell."""
        if self.repeat > 1:
            return [_Group(self.columns, self.repeat // 2)]
        middle = len(self.columns) // 2
        halves = [self.columns[:middle], self.columns[middle:]] if middle else []
        return [_Group(columns, 1) for columns in halves]


async def walk(
    agent: Requester, columns: Iterable[Oid], answers: dict[str, object], *, bulk: bool
) -> None:
    """Put every row into `answers`, even if the agent then fails with a SourceError.

    `bulk` needs SNMP v2c or v3. IncompleteError when an agent repeats itself, has more than
    MOST_ROWS rows, or answers something else: what came before is kept.
    """
    incomplete: IncompleteError | None = None
    groups = [_group(chunk, bulk=bulk) for chunk in in_chunks(list(columns))]
    while groups:
        group = groups.pop(0)
        last_oids = [column.last for column in group.columns]
        reply = await agent.request("bulk" if bulk else "next", last_oids, group.repeat)
        try:
            groups = [*_next_groups(group, reply, answers), *groups]
        except IncompleteError as error:
            incomplete = error
    if incomplete is not None:
        raise incomplete


def _group(roots: list[Oid], *, bulk: bool) -> _Group:
    repeat = min(_ROWS_A_REPLY, _PAIRS_A_REPLY // len(roots)) if bulk else 1
    return _Group([_Column(root, root) for root in roots], repeat)


def _next_groups(group: _Group, reply: Reply, answers: dict[str, object]) -> list[_Group]:
    """What is left to ask after a reply, whose rows are put into `answers`."""
    if reply.status:
        return _after_error(group, reply)
    width = len(group.columns)
    if not 0 < len(reply.pairs) <= width * group.repeat:
        raise IncompleteError("the agent answered a walk with a wrong number of values")
    ended: set[Oid] = set()
    rows: dict[str, object] = {}
    for position, (oid, value) in enumerate(reply.pairs):
        column = group.columns[position % width]
        if column.root not in ended and not _add_row(column, oid, value, rows):
            ended.add(column.root)
    answers |= rows  # only now: nothing of a reply is used unless all of it is sound
    remaining = [column for column in group.columns if column.root not in ended]
    return [_Group(remaining, group.repeat)] if remaining else []


def _add_row(column: _Column, oid: Oid, value: object, rows: dict[str, object]) -> bool:
    """Put one value into `rows`. False at the column's end."""
    if value is END or oid[: len(column.root)] != column.root:
        return False
    if oid <= column.last:
        raise IncompleteError(f"the agent's OIDs do not increase in {dotted(column.root)}")
    if column.rows >= MOST_ROWS:
        raise IncompleteError(f"more than {MOST_ROWS} rows in {dotted(column.root)}")
    rows[dotted(oid)] = value
    column.last = oid
    column.rows += 1
    return True


def _after_error(group: _Group, reply: Reply) -> list[_Group]:
    """SNMPv1 says noSuchName at the end of all; any other column it names is left out as well."""
    if reply.status == TOO_BIG or not 1 <= reply.error_index <= len(group.columns):
        return group.halves()
    remaining = [column for at, column in enumerate(group.columns, 1) if at != reply.error_index]
    return [_Group(remaining, group.repeat)] if remaining else []
