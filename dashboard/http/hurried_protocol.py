"""HTTP in which nobody may take for ever to ask (slow-loris); uvicorn itself waits without an end."""

import asyncio

from uvicorn.protocols.http.h11_impl import H11Protocol

# For the head of a request, and for what still comes of its body after the answer. Over 9.6 kbit/s 16 kB come within it.
WITHIN_S = 20.0


class HurriedProtocol(H11Protocol):
    """One connection: it is closed when it is neither being answered nor has become a websocket for so long."""

    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Somebody came, and has said nothing yet."""
        super().connection_made(transport)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """Gone."""
        self._unset_deadline()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """A bit more, which may be the last of a head."""
        super().data_received(data)
        self._watch()

    def on_response_complete(self) -> None:
        """Answered; what else comes must come soon."""
        super().on_response_complete()
        self._watch()

    def _watch(self) -> None:
        is_answering = self.cycle is not None and not self.cycle.response_complete
        if is_answering or self.transport.get_protocol() is not self or self.transport.is_closing():
            self._unset_deadline()
        elif self._deadline is None:
            self._deadline = self.loop.call_later(WITHIN_S, self.transport.abort)

    def _unset_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
