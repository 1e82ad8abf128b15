"""The script of the package `dygraphs`, which draws charts on a canvas, and its address."""

import hashlib
from importlib.util import find_spec
from pathlib import Path


def _library() -> bytes:
    """Its Python, which needs pandas, is not imported."""
    spec = find_spec("dygraphs")
    assert spec is not None, "the package dygraphs is locked with the others"
    assert spec.submodule_search_locations is not None
    folder = Path(spec.submodule_search_locations[0])
    return (folder / "assets" / "dygraph-combined.js").read_bytes()


LIBRARY = _library()
# Its address has its digest: whoever has it once never asks again.
LIBRARY_PATH = f"/charts/dygraph-{hashlib.sha256(LIBRARY).hexdigest()[:16]}.js"
