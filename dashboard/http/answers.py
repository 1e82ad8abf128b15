"""What was answered to a supplier's question, as HTML."""

from collections.abc import Callable, Sequence
from html import escape

from storage.records import SupplierAnswer


def answers_html(answers: Sequence[SupplierAnswer], about: Callable[[SupplierAnswer], str]) -> str:
    """In order; all but the last were corrected, and are struck through."""
    items = []
    for answer in answers:
        text = escape(answer.text)
        text = text if answer is answers[-1] else f"<s>{text}</s>"
        items.append(
            f'<pre dir="auto" style="white-space:pre-wrap;font:inherit;margin:.2rem 0">{text}</pre>'
            f"<small>{escape(about(answer))}</small>"
        )
    return "".join(items)
