"""Why a device was out of service, and how far."""

from typing import Literal

DowntimeCause = Literal[
    "machine",
    "mains",
    "cooling",
    "network",
    "pacs",
    "operator",
    "waiting_part",
    "waiting_vendor",
    "planned",
]


DowntimeExtent = Literal["hard", "partial"]
