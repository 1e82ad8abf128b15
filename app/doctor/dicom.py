"""Where scanners send to: can Scanward listen there, does what listens answer as Scanward; who reads phantoms?"""

import errno
import socket
import subprocess
from typing import TYPE_CHECKING

from core.errors import SourceError
from core.finding import Finding, Findings
from core.schema.site import Site

if TYPE_CHECKING:
    from core.schema.dicom import DicomListener, DicomNode

_TIMEOUT_S = 3.0
_IMPORT_S = 60.0  # of a library of half a gigabyte, from a slow disk


def check_listener(site: Site, listener: "DicomListener") -> list[Finding]:
    """The port is free, or Scanward's collector has it; the files of its TLS can be used."""
    findings = Findings(f"DICOM listener {listener.address}:{listener.port}")
    with findings.failing():
        if listener.tls is not None:
            from collectors.dicom.common.tls import server_context

            server_context(listener.tls)
        if _is_free(listener):
            findings.ok("the port is free for `scanward collect`")
        elif listener.tls is not None:  # it asks for a certificate that only the scanners have
            findings.ok("something listens there, with TLS")
        else:
            findings.extend(_answer(site, listener, findings.what))
        if not _callers(site, listener):
            findings.warn(
                "nobody may send to it: give devices `dicom.ae_titles`, or name who may in"
                " `dicom.listen.calling`"
            )
    return findings


def check_pylinac(dicom: "DicomNode") -> list[Finding]:
    """Whether pylinac is there, for the phantoms that it reads."""
    findings = Findings("pylinac")
    if dicom.pylinac is None:
        findings.fail("CatPhan and ACR phantoms cannot be measured: say `dicom.pylinac`")
        return findings
    command = [
        str(dicom.pylinac),
        "-I",
        "-W",
        "ignore",
        "-c",
        "import pylinac as p; print(p.__version__)",
    ]
    try:
        ended = subprocess.run(command, capture_output=True, text=True, timeout=_IMPORT_S)  # noqa: S603
    except OSError as error:
        findings.fail(f"{dicom.pylinac}: {error.strerror}")
    except subprocess.TimeoutExpired:
        findings.fail(f"{dicom.pylinac} did not answer within {_IMPORT_S:g} s")
    else:
        if ended.returncode == 0:
            findings.ok(f"version {ended.stdout.strip()}")
        else:
            findings.fail(f"{dicom.pylinac} has no pylinac: see docs/phantoms.md")
    return findings


def _is_free(listener: "DicomListener") -> bool:
    """OSError if this machine cannot listen there at all: no such address, or a port of root's."""
    family = socket.AF_INET6 if ":" in listener.address else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((listener.address, listener.port))
            probe.listen()
        except PermissionError as error:
            text = "this user may not listen there: choose a port from 1024 on, as 11112"
            raise SourceError(text) from error
        except socket.gaierror as error:
            raise SourceError("`address` is not one of this machine's") from error
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return False
            raise SourceError("`address` is not one of this machine's") from error
    return True


def _answer(site: Site, listener: "DicomListener", what: str) -> Findings:
    """What listens there already: ourselves, or another program."""
    from collectors.dicom.common.association import VERIFICATION, associated
    from collectors.dicom.common.failures import DeclinedError
    from collectors.dicom.common.peer import Peer

    findings = Findings(what)
    own = site.file.dicom.ae_title
    calling = next(iter(_callers(site, listener)), own)
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(listener.address, listener.address)  # noqa: S104
    try:
        with associated(Peer(host, listener.port, own, calling, _TIMEOUT_S), [VERIFICATION]) as us:
            us.verify()
        findings.ok(f"answers as {own}")
    except DeclinedError as error:
        findings.warn(str(error))
    except SourceError as error:
        findings.fail(f"another program has the port, or `scanward collect` hangs: {error}")
    return findings


def _callers(site: Site, listener: "DicomListener") -> list[str]:
    """The AE titles that may send."""
    from core.schema.sources.dicom import DicomSource

    titles = [title for device in site.devices.values() for title in device.dicom.ae_titles]
    titles += [source.ae_title for source in site.source_entries if isinstance(source, DicomSource)]
    return list(listener.calling) or titles
