"""Rows and tables of HTML; every text is escaped here."""

from collections.abc import Iterable, Sequence
from html import escape


def row(cells: Iterable[tuple[str, str]], *, mark: bool = False) -> str:
    """A row of cells, each with its CSS class; a marked row stands out."""
    inside = "".join(
        f'<td class="{css}">{escape(text)}</td>' if css else f"<td>{escape(text)}</td>"
        for css, text in cells
    )
    return f'<tr class="mark">{inside}</tr>' if mark else f"<tr>{inside}</tr>"


def table(heads: Sequence[str], rows: Sequence[str], empty: str) -> str:
    """`n:` before a head makes its column one of numbers."""
    if not rows:
        return f'<p class="muted">{escape(empty)}</p>'
    top = "".join(
        f'<th class="n">{escape(head[2:])}</th>'
        if head.startswith("n:")
        else f"<th>{escape(head)}</th>"
        for head in heads
    )
    return f"<table><thead><tr>{top}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
