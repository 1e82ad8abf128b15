"""What can happen to a row."""

from typing import Literal

AuditAction = Literal["insert", "update", "delete"]
