"""TLS contexts of DICOM connections."""

from collectors.tls_context import client_context, server_context

__all__ = ["client_context", "server_context"]
