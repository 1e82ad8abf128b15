"""Who guesses at links: wrong ones are counted by network address, and wait longer each time, as wrong passwords do.

In memory and bounded; a restart forgets. Behind a proxy that the site file names the address is the client's own.
"""

import threading
from collections import OrderedDict
from html import escape
from typing import NamedTuple

from starlette.responses import Response

from core.text.catalogue import FALLBACK
from core.time.clock import DAY, MINUTE, SECOND
from dashboard import i18n
from dashboard.http.plain_page import plain_page
from dashboard.http.rate_limit import network_of
from dashboard.queries import stores

FREE = 30  # wrong links of an address before the first wait: more than a person mistypes
FIRST_WAIT, LONGEST_WAIT = 30 * SECOND, 15 * MINUTE  # doubled each time
FORGOTTEN_AFTER = DAY
MOST_KNOWN = 10_000  # addresses; a megabyte


class _WrongCount(NamedTuple):
    """Of one address."""

    times: int
    last_at: int
    locked_until: int


class WrongLinks:
    """What is counted, of all kinds of link together."""

    def __init__(self) -> None:
        self._counts: OrderedDict[str, _WrongCount] = OrderedDict()  # the last wrong one at the end
        self._lock = threading.Lock()

    def wait(self, address: str, now: int) -> int:
        """For how long it is not looked at, in ms; 0 if it is."""
        with self._lock:
            row = self._counts.get(network_of(address))
            if row is None or _is_ahead(row, now):
                return 0
            return max(row.locked_until - now, 0)

    def count(self, address: str, now: int) -> None:
        """One more has led nowhere."""
        with self._lock:
            network = network_of(address)
            row = self._counts.pop(network, None)
            if row is None or _is_ahead(row, now) or now - row.last_at > FORGOTTEN_AFTER:
                row = _WrongCount(0, now, 0)
            count, wait = row.times + 1, 0
            if count >= FREE:
                wait = min(FIRST_WAIT << min(count - FREE, 10), LONGEST_WAIT)
            self._counts[network] = _WrongCount(count, now, now + wait)
            if len(self._counts) > MOST_KNOWN:
                self._counts.popitem(last=False)

    def forget(self) -> None:
        """All of it."""
        with self._lock:
            self._counts.clear()

    def __len__(self) -> int:
        return len(self._counts)

    @staticmethod
    def refusal(wait: int) -> Response:
        """In the site's language and in English: nobody knows yet who reads it."""
        minutes = -(-wait // MINUTE)
        languages = dict.fromkeys((stores.site().file.language, FALLBACK))
        words = [i18n.catalogue(language) for language in languages]
        lines = "".join(
            f'<p dir="auto">{escape(own.text("supplier.too_many", minutes=minutes))}</p>'
            for own in words
        )
        page = plain_page(words[0].text("supplier.title"), lines, 429)
        page.headers["Retry-After"] = str(-(-wait // SECOND))
        return page


def _is_ahead(row: _WrongCount, now: int) -> bool:
    """Was it counted by a clock that was ahead? It must not make a wait of years."""
    return row.last_at > now + MINUTE


WRONG_LINKS = WrongLinks()
