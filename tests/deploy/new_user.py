"""Not a test: runs a block of commands from the docs in a root of its own, as the reader would.

`new_user.py FOLDER SCRIPT`; run by test_docs_commands.py.
"""

import os
import sys
from pathlib import Path

from tests.deploy.root import make_root

# `serves COMMAND...`: runs what does not end, until its page answers; of a first start, that there is no such page.
PRELUDE = """
set -e
serves() {
    setsid "$@" & local pid=$!
    for _ in $(seq 150); do
        answer=$(python3 -c 'import http.client as h; c = h.HTTPConnection("localhost", 8501, timeout=2); c.request("GET", "/healthz"); print(c.getresponse().status)' 2>/dev/null) && break
        sleep 0.2
    done
    echo "answers $answer"
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
