"""Cells of a CSV file that a person opens with a spreadsheet. Pure."""

FORMULA = ("=", "+", "-", "@", "\t", "\r")  # with which a spreadsheet begins to calculate


def harmless(cell: str) -> str:
    """A text that a spreadsheet would run as a formula is marked as text (OWASP: CSV injection)."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell
