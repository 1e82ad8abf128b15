"""What the plugs of scanners have taught."""

import streamlit as st

from collectors.plug_use import model as models
from collectors.plug_use.model import PlugModel
from collectors.plug_use.source import can_be_read
from dashboard.queries import stores


@st.cache_data(ttl="60s", max_entries=200, show_spinner=False)
def plug_model(device: str) -> PlugModel | None:
    """How examinations are read from the device's plug, and how well; None if that is not learned."""
    site = stores.site()
    known = site.devices.get(device)
    return models.best(site, known) if known is not None and can_be_read(known) else None
