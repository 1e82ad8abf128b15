"""What the site still lacks, for who may see to it."""

import streamlit as st

from core.errors import StoreError
from core.vocabulary.still_to_do import StillToDo
from dashboard.queries import identity, stores
from dashboard.views.still_to_do import still_to_do
from storage.records import accounts


def to_do_here() -> list[StillToDo]:
    """For who looks at the page; nothing for who may not change the site file, or while nobody can tell."""
    if not identity.may("change the site file"):
        return []
    try:
        return still_to_do(stores.site(), _people())
    except StoreError:
        return []


@st.cache_data(ttl="30s", show_spinner=False)
def _people() -> int:
    with stores.records().reading() as db:
        return sum(user.disabled_at is None for user in accounts.users(db))
