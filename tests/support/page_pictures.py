"""Pictures of every page of a demo that runs, on a desk and on a telephone, for docs/pages.md.

`python -m tests.support.page_pictures http://localhost:8501 docs/images/pages`: to be looked at one by one before they go in.
With `fa` behind it they are in Dari, with `fa dark` also dark.
"""

import sys
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

WIDTHS = {"desk": (1280, 800), "phone": (390, 844)}
QUALITY = 55  # of WebP: words are still sharp
DRAWN = "[data-testid=stApp][data-test-script-state=notRunning] [data-testid=stMain] .stElementContainer"
SETTLED_MS = 4000  # charts ask for their values when the page stands
# Whose page, its address, and the name of the file.
PAGES = (
    ("engineer", "/", "fleet"),
    ("engineer", "/today", "today"),
    ("engineer", "/device?device=ct-2", "device"),
    ("engineer", "/orders", "orders"),
    ("engineer", "/order?order=133", "order"),
    ("engineer", "/tickets", "tickets"),
    ("engineer", "/ticket?ticket=10", "ticket"),
    ("engineer", "/search?words=helium", "search"),
    ("engineer", "/parts", "parts"),
    ("engineer", "/assets", "assets"),
    ("engineer", "/asset?device=ct-2", "asset"),
    ("technician", "/rounds?device=ct-1", "rounds"),
    ("manager", "/management", "management"),
    ("manager", "/reports", "reports"),
    ("manager", "/audit", "audit"),
    ("IT", "/system", "system"),
    ("technician", "/power", "power"),
    ("technician", "/fault/ct-1", "fault"),
)


def main(url: str, folder: Path, language: str = "", scheme: str = "light") -> None:
    """Make them all; each replaces the one before."""
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox"]
        )
        for name, (width, height) in WIDTHS.items():
            for role in dict.fromkeys(role for role, *_ in PAGES):
                context = browser.new_context(
                    viewport={"width": width, "height": height},
                    color_scheme="dark" if scheme == "dark" else "light",
                )
                page = context.new_page()
                page.goto(f"{url}/login")
                page.get_by_role("button", name=role).first.click()
                page.wait_for_url(lambda address: "login" not in address)
                _speak(page, url, language)
                for _, path, title in (entry for entry in PAGES if entry[0] == role):
                    page.goto(url + path)
                    (folder / f"{title}-{name}.webp").write_bytes(_picture(page))
                context.close()
        browser.close()


def _speak(page: Page, url: str, language: str) -> None:
    """Who has signed in reads this language from now on; empty: the site's."""
    page.goto(f"{url}/account")
    page.locator("#language").select_option(language)
    page.locator("form[action$='account/language'] button").click()


def _picture(page: Page) -> bytes:
    if page.locator("[data-testid=stApp], #root").count():
        page.locator(DRAWN).first.wait_for(timeout=60_000)
        page.wait_for_timeout(SETTLED_MS)
    file = BytesIO()
    Image.open(BytesIO(page.screenshot())).convert("RGB").save(file, "WEBP", quality=QUALITY)
    return file.getvalue()


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/"), Path(sys.argv[2]), *sys.argv[3:5])
