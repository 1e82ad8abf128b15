"""How a change of the site file came about."""

from typing import Literal

# As it was when Scanward first looked; by a page or command; one of those reversed; by a text editor.
SiteChangeKind = Literal["first", "change", "taken back", "by hand"]
