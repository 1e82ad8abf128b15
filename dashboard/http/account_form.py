"""A form about one's account that is handed in: done, or shown once more with what is wrong.

It may hash a password, so few are done at a time, in threads of their own.
"""

from collections.abc import Callable
from functools import partial
from typing import TypeVar

import anyio.to_thread
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from core.errors import RefusedError, StoreError
from dashboard import i18n
from dashboard.http.login_page import limit
from dashboard.http.plain_form import read_form
from dashboard.i18n import t
from dashboard.queries import stores

Fields = dict[str, str]
Again = Callable[
    [Request, str, int, Fields], Response
]  # the page, what is wrong, the status, what was typed
Result = TypeVar("Result")


async def hand_in(
    request: Request,
    act: Callable[[Request, Fields], Result],
    again: Again,
    then: Callable[[Result], Response],
) -> Response:
    """What `then` makes of what `act` does with the fields; or the page `again`."""
    i18n.use(stores.site().file.language)
    fields = await read_form(request)
    if fields is None:
        return await run_in_threadpool(again, request, t("login.again"), 400, {})
    try:
        result = await anyio.to_thread.run_sync(partial(act, request), fields, limiter=limit())
    except RefusedError as error:
        words, status = i18n.translate(error.phrase), 400
    except StoreError:
        words, status = t("login.unreadable"), 503
    else:
        return then(result)
    return await run_in_threadpool(again, request, words, status, fields)
