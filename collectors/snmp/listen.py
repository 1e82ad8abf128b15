"""Waits for an agent with a clock that counts only time in which we could have heard it.

A loop that is held up hears nobody: its time-outs would accuse agents that have answered long ago.
"""

import asyncio
from typing import Any, Protocol

_SLICES = 4  # of a time-out; what one of them takes too long is our own delay


class Inbox(Protocol):
    """Where answers arrive: a transport."""

    def drain(self) -> None:
        """Handle all that has arrived."""


async def listen(call: "asyncio.Future[Any]", inbox: Inbox, timeout_s: float) -> float:
    """Wait until `call` is done, or for `timeout_s` of listening; seconds that we were late ourselves."""
    loop = asyncio.get_running_loop()
    late_s = 0.0
    for _ in range(_SLICES):
        slice_s = timeout_s / _SLICES
        began = loop.time()
        await asyncio.wait([call], timeout=slice_s)
        late_s += max(0.0, loop.time() - began - slice_s)
        if call.done():
            return late_s
    inbox.drain()
    for _ in range(_SLICES):  # an answer passes through a callback or two before the call is done
        await asyncio.sleep(0)
    return late_s
