"""What a new site lacks until somebody sees to it, or says why it is meant so."""

from typing import Literal

StillToDo = Literal[
    "no_device",
    "no_channel",
    "no_backup",
    "same_disk",
    "no_tls",
    "one_person",
    "unwatched",
    "no_hours",
    "no_heartbeat",
]
