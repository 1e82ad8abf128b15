"""A changed site file reaches the process that runs with it, without anybody starting anything again.

A process looks at the file every two seconds, and ends when it means something else than what was
loaded; its keeper (supervisor, systemd, compose) starts it again. The dashboard reads it in place. A file
with mistakes, or none, changes nothing: editors write and rename, and a person saves what is half done.
"""

import logging
import os
import signal
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from core.errors import ConfigError, Mistake
from core.schema.load import load_site
from core.schema.site import Site
from maintenance.site_file.on_disk import read_text

log = logging.getLogger(__name__)

LOOK_EVERY_S = 2.0
AWAY_LOOKS = 5  # editors rename: a file that is gone for a moment is no news


class SiteWatch:
    """Looks at a site file for whoever runs with what it said."""

    def __init__(self, path: Path, site: Site) -> None:
        self._path, self._raw = path, site.raw
        self._text: str | None = None  # as it was at the last look
        self._judged: str | None = None
        self._away = 0
        self.mistakes: Sequence[Mistake] = ()  # of a file that changes nothing

    def look(self) -> Site | None:
        """The site as the file now describes it, once; None if that is what is known already.

        A text counts that two looks in a row have seen: who writes twice in a second is waited for.
        """
        try:
            text = read_text(self._path)
        except ConfigError as error:
            self._away += 1
            if self._away == AWAY_LOOKS:
                self._complain(error)
            return None
        self._away = 0
        was_seen, self._text = text == self._text, text
        if not was_seen or text == self._judged:
            return None
        self._judged = text
        return self._new_site(text)

    def _new_site(self, text: str) -> Site | None:
        try:
            site = load_site(self._path, text)
        except ConfigError as error:
            self._complain(error)
            return None
        self.mistakes = ()
        if site.raw == self._raw:  # only its comments, say
            return None
        self._raw = site.raw
        return site

    def _complain(self, error: ConfigError) -> None:
        self.mistakes = error.mistakes
        log.error(
            "the site file has mistakes, so what it said before still holds: %s",
            "; ".join(str(mistake) for mistake in error.mistakes),
        )


def watch(
    path: Path, site: Site, renew: Callable[[Site], bool], see: Callable[[SiteWatch], None]
) -> None:
    """Look for as long as this process lives; end it when `renew` cannot take a new site in place.

    `see` is called after each look.
    """
    watching = SiteWatch(path, site)

    def run() -> None:
        while not pause.wait(LOOK_EVERY_S):
            changed = watching.look()
            see(watching)
            if changed is not None and not renew(changed):
                log.info("the site file was changed: ending, to begin again with what it says now")
                os.kill(os.getpid(), signal.SIGTERM)

    pause = threading.Event()
    threading.Thread(target=run, name="site-watch", daemon=True).start()


def end_when_changed(path: Path, site: Site) -> None:
    """Let this process end by itself, as by SIGTERM, when the site file says something else."""
    watch(path, site, lambda _site: False, lambda _watch: None)
