"""Groups lines into records. Pure."""

import re
from collections.abc import Iterable, Sequence

Record = list[str]


def begins(line: str, begin: str | None) -> bool:
    """Is this the first line of a record? Without `begin` every line is."""
    return begin is None or re.search(begin, line) is not None


def grouped(lines: Iterable[str], begin: str | None) -> list[Record]:
    """Records in the order of their lines; lines before the first beginning are one of their own."""
    if begin is None:
        return [[line] for line in lines]
    is_begin = re.compile(begin).search
    records: list[Record] = []
    for line in lines:
        if is_begin(line) or not records:
            records.append([line])
        else:
            records[-1].append(line)
    return records


def oldest_first(lines: Sequence[str], begin: str | None) -> list[str]:
    """The lines of a newest-first file with its records turned round, each still in its order."""
    return [line for record in reversed(grouped(lines, begin)) for line in record]
