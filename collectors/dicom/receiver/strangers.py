"""Objects that are of no device of the site, and peers that may not connect: counted and named."""

import logging
from collections import Counter

log = logging.getLogger(__name__)

_MOST = 200  # names; an attacker could send any number


class Strangers:
    """Each is logged once, and how often it came is kept."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._counts: Counter[str] = Counter()

    def add(self, name: str) -> None:
        """One more of this name."""
        if name not in self._counts and len(self._counts) >= _MOST:
            name = "others"
        self._counts[name] += 1
        if self._counts[name] == 1:
            log.warning("%s: %s", self._what, name)

    @property
    def summary(self) -> str:
        """`objects of no device of this site: station CT99 (3)`; empty if there was none."""
        named = ", ".join(f"{name} ({count})" for name, count in self._counts.most_common(5))
        return f"{self._what}: {named}" if named else ""
