"""What is known of Scanward itself, for pages, the API and the diagnostics. No Streamlit here."""
