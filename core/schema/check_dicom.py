"""What is wrong between a site's DICOM names and ports: a title of two devices, a port of two listeners."""

from collections.abc import Callable, Iterable, Iterator

from core.schema.dicom import DicomListener
from core.schema.site import SiteFile
from core.schema.sources.dicom import DicomSource
from core.schema.sources.pacs import PacsSource

_Place = tuple[int | None, str, str]  # the device, None: the site itself; the place; the name there


def check_dicom(file: SiteFile) -> Iterator[tuple[str, str]]:
    """Each mistake after its place in the file."""
    yield from _names_of_two(_titles(file), "an AE title is one device's", str)
    yield from _names_of_two(_station_names(file), "a station name is one device's", _folded)
    if file.dicom.listen is not None:
        yield from _check_listener(file.dicom.listen, file)


def _names_of_two(
    places: Iterable[_Place], why: str, fold: Callable[[str], str]
) -> Iterator[tuple[str, str]]:
    """One device may repeat its name; another would be taken for it in all that the PACS keeps."""
    owners: dict[str, tuple[int | None, str]] = {}
    for owner, place, name in places:
        first, first_place = owners.setdefault(fold(name), (owner, place))
        if first != owner:
            yield place, f"{name!r} is also {first_place}: {why}"


def _titles(file: SiteFile) -> Iterator[_Place]:
    # Nobody calls us by a title that was not set.
    if "ae_title" in file.dicom.model_fields_set or file.dicom.listen is not None:
        yield None, "dicom.ae_title", file.dicom.ae_title
    for d, device in enumerate(file.devices):
        for t, title in enumerate(device.dicom.ae_titles):
            yield d, f"devices[{d}].dicom.ae_titles[{t}]", title
        for s, source in enumerate(device.sources):
            if isinstance(source, DicomSource | PacsSource) and source.ae_title is not None:
                yield d, f"devices[{d}].sources[{s}].ae_title", source.ae_title


def _station_names(file: SiteFile) -> Iterator[_Place]:
    for d, device in enumerate(file.devices):
        for n, name in enumerate(device.dicom.station_names):
            yield d, f"devices[{d}].dicom.station_names[{n}]", name


def _folded(name: str) -> str:
    """Scanners and PACS disagree about the letters of a station name, and about spaces behind it."""
    return name.strip().casefold()


def _check_listener(listener: DicomListener, file: SiteFile) -> Iterator[tuple[str, str]]:
    if listener.port == file.http.port and _overlap(listener.address, file.http.address):
        yield "dicom.listen.port", f"{listener.port} is also http.port: each listener needs its own"
    if listener.tls is not None and listener.tls.certificate is None:
        yield "dicom.listen.tls.certificate", "is required: who takes connections shows one"


def _overlap(address: str, other: str) -> bool:
    """Do two listeners meet at one port? One that listens on all addresses meets every other."""
    return address == other or bool({address, other} & {"0.0.0.0", "::"})  # noqa: S104  compared, not bound
