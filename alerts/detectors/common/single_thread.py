"""Small matrices on one thread: the linear algebra library would use all cores and be ten times slower."""

from contextlib import AbstractContextManager
from functools import lru_cache

from threadpoolctl import ThreadpoolController


@lru_cache(maxsize=1)
def _controller() -> ThreadpoolController:
    return ThreadpoolController()


def single_thread() -> AbstractContextManager[object]:
    """Use it around the linear algebra of a day or of a training."""
    limited: AbstractContextManager[object] = _controller().limit(limits=1)
    return limited
