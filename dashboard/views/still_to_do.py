"""What a site still lacks, in the order in which a person would see to it. Pure."""

import ipaddress
from collections.abc import Iterator

from core.schema.site import Site, SiteFile
from core.vocabulary.still_to_do import StillToDo


def still_to_do(site: Site, people: int) -> list[StillToDo]:
    """Of a site at which so many people can sign in; what was put aside is left out, and a made-up site lacks nothing."""
    if site.file.access.demo:
        return []
    return [name for name in _lacking(site, people) if name not in site.file.put_aside]


def _lacking(site: Site, people: int) -> Iterator[StillToDo]:
    file, devices = site.file, site.devices.values()
    if not devices:
        yield "no_device"
    if not any(channel.reaches_people for channel in file.channels):
        yield "no_channel"
    if file.backup is None:
        yield "no_backup"
    elif file.backup.same_disk:
        yield "same_disk"
    if file.http.tls is None and not file.http.proxies and not _is_here(file):
        yield "no_tls"
    if people < 2:
        yield "one_person"
    if any(not device.sources for device in devices):
        yield "unwatched"
    scanners = [device for device in devices if device.profile.group == "scanner"]
    if scanners and all(device.covered is None for device in scanners):
        yield "no_hours"
    if file.heartbeat is None and file.still_here is None:
        yield "no_heartbeat"


def _is_here(file: SiteFile) -> bool:
    """Only this computer reaches the pages."""
    try:
        return ipaddress.ip_address(file.http.address).is_loopback
    except ValueError:
        return file.http.address == "localhost"
