"""Walks table columns side by side. Ends where the subtree ends, and wherever an agent misbehaves.

pysnmp's own walks go on for ever against an agent whose OIDs do not increase.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from collectors.snmp.ber import Oid
from collectors.snmp.endpoint import Reply
from collectors.snmp.explain import NO_SUCH_NAME, TOO_BIG, SilenceError, status_name
from collectors.snmp.get import MOST_SILENCES, IncompleteError, Requester, dotted, prove_alive
from collectors.snmp.value import END

MOST_ROWS = 2000  # of one column

_Step = Literal["row", "pause", "end", "stuck", "full"]


@dataclass(slots=True)
class _Column:
    """One column and how far it has been read."""

    root: Oid
    last: Oid
    rows: int = 0


async def walk(
    agent: Requester, columns: Iterable[Oid], answers: dict[str, object], *, bulk: bool
) -> None:
    """Put every row into `answers`, even if the agent then fails with a SourceError.

    `bulk` needs SNMP v2c or v3. IncompleteError when an agent repeats itself, has more than
    MOST_ROWS rows, or answers something else: what came before is kept.
    """
    if not bulk:
        agent.limits.rows = 0
    walk_round = _WalkRound(agent, answers)
    await walk_round.run([_Column(root, root) for root in columns])
    if walk_round.trouble is not None:
        raise walk_round.trouble


class _WalkRound:
    """One walk of many columns, those of a request side by side."""

    def __init__(self, agent: Requester, answers: dict[str, object]) -> None:
        self.trouble: IncompleteError | None = None  # the first that was met
        self._agent = agent
        self._limits = agent.limits
        self._answers = answers
        self._groups: list[list[_Column]] = []
        self._doubted_rows = 0  # what a GETBULK asked for that brought nothing

    async def run(self, columns: list[_Column]) -> None:
        """Ask until every column has ended or was given up."""
        self._groups = self._grouped(columns)
        while self._groups:
            group = self._groups.pop(0)
            repeat = self._limits.repeat(len(group))
            last_oids = [column.last for column in group]
            try:
                reply = await self._agent.request(
                    "bulk" if repeat else "next", last_oids, repeat or 1
                )
            except SilenceError as silence:
                await self._after_silence(group, silence)
                continue
            if reply.status:
                remaining = self._after_error(group, reply)
            else:
                remaining = self._take(group, reply, repeat)
            self._groups = [*self._grouped(remaining), *self._groups]

    def _grouped(self, columns: list[_Column]) -> list[list[_Column]]:
        width = self._limits.width
        return [columns[at : at + width] for at in range(0, len(columns), width)]

    async def _after_silence(self, group: list[_Column], silence: SilenceError) -> None:
        """Ask for less if the agent answers for single cells; SilenceError if it does not."""
        if self._agent.silences >= MOST_SILENCES:
            raise silence
        if self._is_smallest(group):
            self._note(f"no answer for {dotted(group[0].root)}")
            return
        await prove_alive(self._agent, "next", [column.last for column in group])
        self._limits.shorten(len(group))
        self._groups = [*self._grouped(group), *self._groups]

    def _is_smallest(self, group: list[_Column]) -> bool:
        return len(group) == 1 and not self._limits.rows

    def _take(self, group: list[_Column], reply: Reply, repeat: int) -> list[_Column]:
        """Put the sound beginning of a reply into `answers`; the columns that go on."""
        width = len(group)
        steps: dict[Oid, _Step] = {}
        rows_before = sum(column.rows for column in group)
        for position, (oid, value) in enumerate(reply.pairs[: width * (repeat or 1)]):
            column = group[position % width]
            if steps.get(column.root, "row") == "row":
                steps[column.root] = self._add(
                    column, oid, value, is_first=column.root not in steps
                )
        has_rows = sum(column.rows for column in group) > rows_before
        has_end = any(value is END for _, value in reply.pairs)
        self._judge_bulk(repeat, has_rows=has_rows, has_end=has_end)
        has_progress = has_rows or "end" in steps.values()
        stuck = [
            column
            for column in group
            if steps.get(column.root, "row" if has_progress else "stuck") == "stuck"
        ]
        if self._doubted_rows:
            return group
        if stuck and repeat:
            self._limits.shorten(width)
            return [column for column in group if steps.get(column.root) not in ("end", "full")]
        self._ask_alone(stuck, group, "the agent's OIDs do not increase")
        return [
            column
            for column in group
            if column not in stuck and steps.get(column.root) not in ("end", "full")
        ]

    def _judge_bulk(self, repeat: int, *, has_rows: bool, has_end: bool) -> None:
        """A GETBULK that never brought a row is no proof that there is none: GETNEXT decides."""
        if repeat:
            self._limits.bulk_proven |= has_rows
            if has_end and not self._limits.bulk_proven:
                self._doubted_rows, self._limits.rows = self._limits.rows, 0
        elif self._doubted_rows:
            self._limits.bulk_proven = True
            if not has_rows:
                self._limits.rows = self._doubted_rows
            self._doubted_rows = 0

    def _ask_alone(self, columns: list[_Column], group: list[_Column], fault: str) -> None:
        """Each of these by itself, so that one does not spoil the others; alone it is given up."""
        if len(group) > 1:
            self._groups = [*([column] for column in columns), *self._groups]
        elif columns:
            self._note(f"{fault} in {dotted(columns[0].root)}")

    def _add(self, column: _Column, oid: Oid, value: object, *, is_first: bool) -> _Step:
        """Put one value into `answers`, if it is one. An end behind a row may only be that of the reply."""
        if value is END:
            return "end" if is_first else "pause"
        if oid[: len(column.root)] != column.root:
            # Backwards before the first row: a GETBULK that knows the first column only.
            is_backwards = oid <= column.last and not column.rows and self._limits.rows
            return "stuck" if is_backwards else "end"
        if oid <= column.last:
            return "stuck"
        if column.rows >= MOST_ROWS:
            self._note(f"more than {MOST_ROWS} rows in {dotted(column.root)}")
            return "full"
        self._answers[dotted(oid)] = value
        column.last = oid
        column.rows += 1
        return "row"

    def _after_error(self, group: list[_Column], reply: Reply) -> list[_Column]:
        """SNMPv1 says noSuchName at the end of all; any other column it names is left out as well."""
        is_absent = reply.status == NO_SUCH_NAME
        named = group[reply.error_index - 1 :][:1] if reply.error_index > 0 else []
        if reply.status == TOO_BIG and not self._is_smallest(group):
            self._limits.shorten(len(group))
            return group
        if self._limits.rows and not is_absent:
            self._limits.rows = 0  # what a GETBULK stumbles over a GETNEXT may answer
            return group
        if not named and len(group) > 1:
            self._ask_alone(group, group, "")
            return []
        failing = named or group
        if not is_absent:
            self._note(f"the agent says {status_name(reply.status)} in {dotted(failing[0].root)}")
        return [column for column in group if column not in failing]

    def _note(self, text: str) -> None:
        self.trouble = self.trouble or IncompleteError(text)
