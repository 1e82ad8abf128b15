"""Which processes a site needs: for the supervisor, and for systemd."""

from collections.abc import Callable
from pathlib import Path

from app.services.site_watch import SiteWatch
from core.schema.site import Site


def processes(
    site: Site, path: Path, port: int | None = None, address: str | None = None
) -> list[list[str]]:
    """The words after `scanward` of each; `port` and `address` instead of the site file's for the dashboard."""
    place = [*(["--port", str(port)] if port else []), *(["--address", address] if address else [])]
    words = {"dashboard": place, "backup": ["--scheduled"]}
    return [[name, *words.get(name, []), "--site", str(path)] for name in site.process_names]


def changed_processes(
    site: Site, path: Path, port: int | None = None, address: str | None = None
) -> Callable[[], list[list[str]] | None]:
    """What `supervise` asks: the processes that a changed site file needs, once after each change."""
    watching = SiteWatch(path, site)

    def changed() -> list[list[str]] | None:
        new = watching.look()
        return None if new is None else processes(new, path, port, address)

    return changed
