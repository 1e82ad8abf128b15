"""The site's own authority, and the certificate of the dashboard."""
