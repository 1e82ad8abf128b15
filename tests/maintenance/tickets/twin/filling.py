"""What a supplier does with `reply.txt`."""

import io
import zipfile


def filled(blank: str, words: str) -> str:
    """The words between our lines."""
    return blank.replace("\r\n\r\n\r\n", f"\r\n\r\n{words}\r\n\r\n", 1)


def packed(entries: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP, its files dated 2036."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, content in entries.items():
            info = zipfile.ZipInfo(name, (2036, 5, 17, 3, 0, 0))
            info.compress_type = method
            archive.writestr(info, content)
    return stream.getvalue()
