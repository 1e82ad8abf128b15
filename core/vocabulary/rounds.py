"""Why a number was not read on a round."""

from typing import Literal

SkipReason = Literal["machine off", "locked room", "in use", "display broken", "no time"]
