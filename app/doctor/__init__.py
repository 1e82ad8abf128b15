"""What an installation needs, looked at from outside: each check gives findings, and never raises."""

from app.doctor.examination import examine
from core.finding import Finding

__all__ = ["Finding", "examine"]
