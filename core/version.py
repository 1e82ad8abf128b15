"""Which Scanward this is."""

from importlib.metadata import PackageNotFoundError, version


def scanward_version() -> str:
    """The version that runs."""
    try:
        return version("scanward")
    except PackageNotFoundError:  # run from a folder that was never installed
        return "unknown"
