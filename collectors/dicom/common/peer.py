"""A DICOM node that is asked: where it listens, what it is called, and what we call ourselves there."""

from dataclasses import dataclass

from core.schema.dicom import DicomTls


@dataclass(frozen=True, slots=True)
class Peer:
    """`timeout_s` is of each step: the connection, TLS, the association, each answer, the release."""

    host: str
    port: int
    ae_title: str
    calling: str
    timeout_s: float
    tls: DicomTls | None = None

    @property
    def address(self) -> str:
        """`192.0.2.7:104`."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"

    def __str__(self) -> str:
        return f"{self.ae_title} at {self.address}"
