"""How far a reading can be trusted."""

from typing import Literal

# `clock`: the device's own time was unusable (1970, no zone, the future), so `at` is arrival time.
# `bad`: only for events; the answer could not be a reading (out of range, not a number).
Quality = Literal["good", "clock", "bad"]
