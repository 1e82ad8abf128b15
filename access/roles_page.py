"""docs/roles.md: the table of rights for people. `python -m access.roles_page > docs/roles.md`."""

import sys
from typing import get_args

from core.vocabulary.rights import RIGHTS, Role

_BEGINNING = """# Who may do what

Made from `core/vocabulary/rights.py` by `python -m access.roles_page`; a test compares them. Somebody may have several roles. To look is
open to everyone who is signed in, but for what stands here. A supplier comes by a link to one ticket, without an account. The command line has
every right: whoever may write into the storage folder could change the records anyway. It writes as `cli:NAME`.
"""


def roles_page() -> str:
    """A table: a row for what can be done, a column for each role."""
    roles = get_args(Role)
    lines = [
        _BEGINNING,
        f"| to ... | {' | '.join(roles)} |",
        f"|---|{':-:|' * len(roles)}",
    ]
    for right, allowed in RIGHTS.items():
        marks = " | ".join("yes" if role in allowed else "" for role in roles)
        lines.append(f"| {right} | {marks} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(roles_page())
