"""The loops of a site, one a PACS."""

from functools import partial

from collectors.base import Now, Sink, Source
from collectors.dicom.archive.asking import Archive
from collectors.dicom.archive.peer import ArchivePeer
from collectors.polling.load import CollectorLoad
from collectors.polling.loop import PollLoop
from core.schema.site import Site
from core.schema.sources.pacs import PacsSource


def sources(site: Site, sink: Sink, now: Now) -> list[Source]:
    """A loop for each PACS of the site."""
    load = CollectorLoad()
    loops: list[Source] = []
    for device in site.devices.values():
        for entry in device.sources:
            if isinstance(entry, PacsSource):
                peer = ArchivePeer(
                    site, device, entry, sink, now, partial(make_archive, site, entry)
                )
                loops.append(PollLoop(device, entry.up_component, peer, sink, now, load))
    return loops


def make_archive(site: Site, entry: PacsSource) -> Archive:
    """The way that the entry names; only its library is imported."""
    if entry.via == "find":
        from collectors.dicom.archive.find import FindArchive

        return FindArchive(entry, site.file.dicom.ae_title)
    if entry.via == "qido":
        from collectors.dicom.archive.qido import QidoArchive

        return QidoArchive(entry)
    from collectors.dicom.archive.orthanc import OrthancArchive

    return OrthancArchive(entry)
