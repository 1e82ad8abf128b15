"""The choice of one device, or of all, above a list."""

from dashboard.components.shared.address import choice
from dashboard.i18n import t
from dashboard.queries import stores


def device_choice(key: str) -> str | None:
    """The id of the chosen device, which the address holds; None for every device."""
    devices = stores.site().devices
    chosen = choice(
        "device", t("orders.device"), ["", *devices],
        lambda name: devices[name].name if name else t("orders.every_device"), key=key, width=260,
    )  # fmt: skip
    return chosen or None
