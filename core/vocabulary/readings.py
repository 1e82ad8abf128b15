"""How far a reading can be trusted."""

from typing import Literal

# `clock`: the device's own time was unusable (1970, no zone, the future), so `at` is arrival time.
# `bad`: only for events; the answer could not be a reading (out of range, not a number).
# `corrected`: typed by a person and put right by one later; it stands for what was stored at its time.
# `withdrawn`: only for who follows the journal; there is no reading at that time any more.
Quality = Literal["good", "clock", "bad", "corrected", "withdrawn"]
