"""Run by the Python that has pylinac, where nothing of Scanward is: a series comes in, numbers go out.

Standard input: files of images, each with its length before it (4 bytes, the highest first). Argument:
the name of pylinac's class. Standard output: one line of JSON, the means in HU of the uniform module's
regions and the standard deviation of the central one, or the kind of error. An error's own words may
hold what an image says, and stay here.
"""

import contextlib
import io
import json
import struct
import sys
from collections.abc import Iterator
from typing import BinaryIO


def main() -> None:
    """Answer once."""
    out = sys.stdout
    with contextlib.redirect_stdout(sys.stderr):  # pylinac prints
        try:
            answer = uniform_module(sys.argv[1], list(_files(sys.stdin.buffer)))
        except Exception as error:  # noqa: BLE001  whatever a library does with an image
            answer = {"error": type(error).__name__}
    json.dump(answer, out)


def uniform_module(analysis: str, files: list[io.BytesIO]) -> dict[str, object]:
    """Of the phantom in these images."""
    import pylinac  # type: ignore[import-not-found]

    scan = getattr(pylinac, analysis)(files)
    scan.analyze()
    results = scan.results_data()
    if analysis == "ACRCT":
        module = results.uniformity_module
        return {"means": dict(module.rois), "center_sd": module.center_roi_stdev}
    rois = results.ctp486.rois
    means = {place: region.value for place, region in rois.items()}
    return {"means": means, "center_sd": rois["Center"].stdev}


def _files(stream: BinaryIO) -> Iterator[io.BytesIO]:
    while head := stream.read(4):
        yield io.BytesIO(stream.read(struct.unpack(">I", head)[0]))


if __name__ == "__main__":
    main()
