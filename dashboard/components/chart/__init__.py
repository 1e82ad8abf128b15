"""The chart: what a page gives it (`drawing.py`), and the scripts that draw it in the browser (`browser/`)."""
