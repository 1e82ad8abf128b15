"""What people press in a browser."""

from playwright.sync_api import Locator, Page


def button(page: Page | Locator, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def in_popover(page: Page, opener: str) -> Locator:
    """What opens below a button."""
    page.get_by_test_id("stPopover").get_by_role("button", name=opener).click()
    body = page.get_by_test_id("stPopoverBody")
    body.wait_for()
    return body
