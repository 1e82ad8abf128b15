"""Asks each page, and stores what its profile names."""

import asyncio
import logging
from collections import Counter
from collections.abc import Iterator

from collectors.base import Now, Sink, Source, to_batch
from collectors.polling.daemon_thread import run_in_daemon_thread
from collectors.polling.load import CollectorLoad, OverloadedError
from collectors.polling.loop import PollAnswer, PollLoop
from collectors.prometheus.fetch import FetchedPage, PageRequest
from collectors.prometheus.page import PageText, read_page
from collectors.prometheus.parse import PageParser, ParsedPage
from collectors.unknown_keys import UnknownKeys
from core.errors import SourceError
from core.readings import Batch
from core.schema.site import Device, Site
from core.schema.sources.prometheus import PrometheusSource

_log = logging.getLogger(__name__)

AT_ONCE = 16  # pages; each is a thread of this process
_GRACE_S = 5.0  # beyond the time-out of an answer, to read what came
_HTML = (b"<!doctype", b"<html", b"<?xml")
_MOST_NAMES = 12


def sources(site: Site, sink: Sink, now: Now) -> list[Source]:
    """One loop for each page of each device."""
    load = CollectorLoad(AT_ONCE)
    return [
        PollLoop(page.device, page.source.up_component, page, sink, now, load)
        for page in pages(site, sink)
    ]


def pages(site: Site, sink: Sink) -> "Iterator[PolledPage]":
    """The pages of the site's devices."""
    for device in site.devices.values():
        for source in device.sources:
            if isinstance(source, PrometheusSource):
                yield PolledPage(device, source, sink)


class PolledPage:
    """One page."""

    def __init__(self, device: Device, source: PrometheusSource, sink: Sink) -> None:
        self.device = device
        self.source = source
        self.name = f"{device.id} prometheus {source.url}"
        self.every_s = source.every / 1000
        self.timeout_s = source.timeout / 1000
        self.unmatched: Counter[str] = Counter()  # names of the last page, and how often
        self._parser = PageParser(device, source)
        self._news_key = f"prometheus:unknown:{device.id}:{source.url}"
        news = sink.position(self._news_key) or ""
        self._unknown = UnknownKeys(device.id, source.up_component, news)

    async def poll(self, at: int) -> PollAnswer:
        """The page as readings. What of it came before a fault is kept."""
        try:
            page, text = await self._fetch()
        except SourceError:
            self._parser.missed()
            raise
        parsed = self._parser.parse(text, at, asyncio.get_running_loop().time())
        self.unmatched = parsed.unmatched
        is_short = text.is_cut and not page.fault
        faults = [page.fault, "it is cut off at its end" if is_short else "", *parsed.faults]
        error = "; ".join(fault for fault in faults if fault)
        return PollAnswer(
            is_up=True,
            batch=self._batch(parsed, at),
            response_ms=page.response_ms,
            error=SourceError(f"{self.source.url}: {error}") if error else None,
        )

    async def _fetch(self) -> tuple[FetchedPage, PageText]:
        request = PageRequest(self.source)

        def work() -> tuple[FetchedPage, PageText]:
            page = request.run()
            return page, self._read(page)

        try:
            future = run_in_daemon_thread(work, f"prometheus {self.device.id}")
        except RuntimeError:
            raise OverloadedError("no thread can be started") from None
        try:
            async with asyncio.timeout(self.timeout_s + _GRACE_S):
                return await future
        except TimeoutError:
            raise SourceError(f"{self.source.url}: no answer in time") from None
        finally:
            request.cut()

    def _read(self, page: FetchedPage) -> PageText:
        """SourceError if it is no page of metrics at all."""
        kind = page.content_type.partition(";")[0].strip().lower()
        if kind == "text/html" or page.body.lstrip()[:9].lower().startswith(_HTML):
            text = f"{self.source.url} is a page for people, not of metrics: check `url`, or whether it wants a login"
            raise SourceError(text, permanent=True)
        if "protobuf" in kind or b"\0" in page.body[:1024]:
            raise SourceError(
                f"{self.source.url} answers with no text: check `url`", permanent=True
            )
        text = page.body.decode("utf-8-sig", errors="replace").replace("\r\n", "\n")
        is_openmetrics = kind == "application/openmetrics-text"
        return read_page(text, self._parser.names, is_openmetrics=is_openmetrics)

    def _batch(self, parsed: ParsedPage, at: int) -> Batch:
        """With an event when the page begins to say nothing that the profile knows, or ends that."""
        batch = to_batch(parsed.observations)
        before = self._unknown.news
        if parsed.is_understood:
            news = self._unknown.matched(at)
        else:
            # A metric's name is its program's, not a person's: it is shown whole, unlike other keys.
            names = [name[:60] for name, _ in parsed.unmatched.most_common(_MOST_NAMES)]
            news = self._unknown.not_matched(names, at)
        if self._unknown.news == before:
            return batch
        _log.warning("%s: %s", self.name, self._unknown.news or "its page is known again")
        positions = {self._news_key: self._unknown.news}
        return Batch(batch.readings, [*batch.events, *news], positions)
