"""Takes dose reports, images' headers and MPPS from the scanners; every site has it, few listen."""

from collectors.base import Now, Sink, Source
from core.schema.site import Site

__all__ = ["sources"]


def sources(site: Site, sink: Sink, now: Now) -> list[Source]:
    """One for the whole site, if it listens."""
    if site.file.dicom.listen is None:
        return []
    from collectors.dicom.receiver.source import ReceiverSource

    return [ReceiverSource(site, sink, now)]
