"""Not a test: runs a block of commands from the docs in a root of its own, as the reader would.

`new_user.py FOLDER SCRIPT`; run by test_docs_commands.py.
"""

import os
import sys
from pathlib import Path

from tests.deploy.root import make_root

# `serves COMMAND...`: runs what does not end, until its page answers.
PRELUDE = """
set -e
serves() {
    setsid "$@" & local pid=$!
    for _ in $(seq 150); do
        python3 -c 'import urllib.request as u; u.urlopen("http://localhost:8501/healthz", timeout=2)' 2>/dev/null && break
        sleep 0.2
    done
    python3 -c 'import urllib.request as u; print(u.urlopen("http://localhost:8501/healthz", timeout=2).read())'
    kill -TERM -- -$pid
    wait $pid || true
}
export HOME=/tmp PYTHONDONTWRITEBYTECODE=1
"""


if __name__ == "__main__":
    root = make_root(Path(sys.argv[1]), [])
    os.chroot(root)
    os.chdir("/")
    os.execvp("bash", ["bash", "-c", PRELUDE + sys.argv[2]])
