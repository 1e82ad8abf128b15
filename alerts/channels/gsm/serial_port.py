"""A serial port: bytes out and in, each within a time, by one user at a time. POSIX only.

What is left of an earlier user's talk is thrown away when it is opened.
"""

import contextlib
import errno
import os
import select
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import ConfigError, DeliveryError, Mistake

try:
    import fcntl
    import termios
except ImportError:  # Windows
    IS_SUPPORTED = False
else:
    IS_SUPPORTED = True

_MOST_BYTES = 4096
_LOOK_EVERY_S = 0.05  # whether the other user has done
_OPEN_ERRORS = {
    errno.ENOENT: "there is no modem: is it plugged in?",
    errno.ENXIO: "there is no modem: is it plugged in?",
    errno.ENODEV: "there is no modem: is it plugged in?",
    errno.EACCES: "may not be opened: add the user of Scanward to the group `dialout`",
    errno.EPERM: "may not be opened: add the user of Scanward to the group `dialout`",
    errno.EBUSY: "another program uses the modem: is ModemManager running?",
}


def check_supported(path: Path) -> None:
    """ConfigError where there are no serial ports of the POSIX kind."""
    if not IS_SUPPORTED:
        text = "a GSM modem needs Linux or another POSIX system"
        raise ConfigError([Mistake("channel", str(path), text)])


class SerialPort:
    """An open port. `deadline` is of time.monotonic()."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self._path = path
        self._descriptor = descriptor

    def write(self, data: bytes, deadline: float) -> None:
        """Return when all of it has been handed to the port; DeliveryError if it takes too long."""
        while data:
            if not self._is_ready(select.POLLOUT, deadline):
                raise DeliveryError(f"{self._path}: the modem takes nothing")
            with self._translated(), contextlib.suppress(BlockingIOError):
                data = data[os.write(self._descriptor, data) :]

    def read(self, deadline: float) -> bytes:
        """What has come; nothing if nothing has come by then. DeliveryError if the port is gone."""
        if not self._is_ready(select.POLLIN, deadline):
            return b""
        with self._translated(), contextlib.suppress(BlockingIOError):
            if data := os.read(self._descriptor, _MOST_BYTES):
                return data
            raise self._lost()
        return b""

    def _is_ready(self, event: int, deadline: float) -> bool:
        """It can be read or written, or has gone, which reading and writing will show."""
        poll = select.poll()
        poll.register(self._descriptor, event)
        return bool(poll.poll(max(deadline - time.monotonic(), 0) * 1000))

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except BlockingIOError:
            raise
        except OSError:
            raise self._lost() from None

    def _lost(self) -> DeliveryError:
        return DeliveryError(f"{self._path}: the modem has gone: it was unplugged or starts anew")


@contextmanager
def opened(path: Path, baud: int, deadline: float) -> Iterator[SerialPort]:
    """The port, for this user alone. DeliveryError in words if it cannot be had by `deadline`."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        text = _OPEN_ERRORS.get(error.errno or 0, str(error.strerror))
        raise DeliveryError(f"{path}: {text}") from None
    try:
        if not os.isatty(descriptor):
            raise DeliveryError(f"{path} is not a serial port")
        _lock(descriptor, path, deadline)
        _set_raw(descriptor, path, baud)
        yield SerialPort(path, descriptor)
    finally:
        with contextlib.suppress(termios.error):
            termios.tcflush(descriptor, termios.TCIOFLUSH)  # or closing waits for a dead modem
        os.close(descriptor)  # the lock goes with it


def _lock(descriptor: int, path: Path, deadline: float) -> None:
    """Two channels, or a channel and `scanward doctor`, take turns; whatever name the port goes by."""
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise DeliveryError(f"{path}: the modem is busy with another message") from None
            time.sleep(_LOOK_EVERY_S)
        except OSError as error:
            raise DeliveryError(f"{path}: cannot be locked: {error.strerror}") from None
        else:
            return


def _set_raw(descriptor: int, path: Path, baud: int) -> None:
    """8 data bits, no parity, no flow control, no line editing; nothing of before is left."""
    speed = getattr(termios, f"B{baud}")
    try:
        special = termios.tcgetattr(descriptor)[6]
        special[termios.VMIN], special[termios.VTIME] = 1, 0  # so an empty read is a hang-up
        control = termios.CS8 | termios.CREAD | termios.CLOCAL
        termios.tcsetattr(descriptor, termios.TCSANOW, [0, 0, control, 0, speed, speed, special])
        termios.tcflush(descriptor, termios.TCIOFLUSH)
    except termios.error as error:
        raise DeliveryError(f"{path}: cannot be set up: {error.args[-1]}") from None
