"""How a line of a checklist can be proven."""

from typing import Literal

ProofKind = Literal["held", "result", "counter", "event", "no_event"]
