"""The garbage collector leaves alone what the run has loaded.

Modules, tests and fixtures stay until the end: to walk them at every collection took a tenth of the
run and freed nothing. What a test leaves behind is collected as ever, so a file or a connection that
it did not close is still seen.
"""

import gc

# Objects of each generation; Python takes 700, 10 and 10, for a process that holds little.
THRESHOLDS = (50_000, 20, 50)


def pytest_configure() -> None:
    gc.disable()


def pytest_collection_finish() -> None:
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
    gc.enable()
