"""The dashboard of a site in a process of its own: `python -m tests.support.dashboard_server SITE PORT [ADDRESS]`."""

import sys
from pathlib import Path

from core.schema.load import load_site
from dashboard.http.server import serve

if __name__ == "__main__":
    path = Path(sys.argv[1])
    address = sys.argv[3] if len(sys.argv) > 3 else "127.0.0.1"
    serve(load_site(path), path, int(sys.argv[2]), address)
