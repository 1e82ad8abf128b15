"""What pages show, computed from rows. Pure: no Streamlit."""
