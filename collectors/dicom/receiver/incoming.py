"""A dataset as it comes in: its header is held in memory, its pixels are dropped as they arrive."""

from collections.abc import Callable

from collectors.dicom.common.dataset import (
    DEFLATED,
    Attributes,
    DatasetError,
    header_bytes,
    read_dataset,
)

LOOK_AT = (
    64 << 10
)  # bytes after which the end of the header is first looked for, then at each doubling
MOST_HEADER = 16 << 20  # of a header, and of a deflated dataset
MOST_PHANTOM = 128 << 20  # of a phantom's image with its pixels; a mammogram has 30 MB


class IncomingDataset:
    """One dataset of one message. Nothing of it reaches a disk.

    `wants_pixels` says of a header whether it is of a phantom; None where a site has none.
    """

    def __init__(
        self, transfer_syntax: str, wants_pixels: Callable[[Attributes], bool] | None = None
    ) -> None:
        self.transfer_syntax = transfer_syntax
        self._wants_pixels = wants_pixels
        self._data = bytearray()
        self._look_at = LOOK_AT
        self._most = MOST_HEADER
        self._has_ended = False  # of the header; what follows is dropped
        self._is_too_long = False

    def add(self, data: memoryview) -> None:
        """The next part of it."""
        if self._has_ended or self._is_too_long:
            return
        self._data += data
        if len(self._data) >= self._look_at and self.transfer_syntax != DEFLATED:
            self._look_at *= 2
            self._drop_pixels()
        if len(self._data) > self._most and self.transfer_syntax == DEFLATED:
            self._has_ended = (
                True  # the header lies in the first part, however well it was deflated
            )
        elif len(self._data) > self._most:
            self._is_too_long = True
            self._data.clear()

    def attributes(self) -> Attributes:
        """What of it may be read. DatasetError if it cannot be."""
        if self._is_too_long:
            raise DatasetError("its header is longer than any")
        return self._read()

    def whole(self) -> bytes:
        """With its pixels: only of a phantom's image."""
        return bytes(self._data)

    def _read(self) -> Attributes:
        return read_dataset(
            self._data, self.transfer_syntax, with_phantoms=self._wants_pixels is not None
        )

    def _drop_pixels(self) -> None:
        end = None if self._most == MOST_PHANTOM else header_bytes(self._data, self.transfer_syntax)
        if end is None:
            return
        if self._is_of_phantom():
            self._most = MOST_PHANTOM
        else:
            del self._data[end:]
            self._has_ended = True

    def _is_of_phantom(self) -> bool:
        try:
            return self._wants_pixels is not None and self._wants_pixels(self._read())
        except DatasetError:
            return False
