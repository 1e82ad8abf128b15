"""A page without Streamlit, which any telephone shows at once."""

from html import escape

from starlette.responses import HTMLResponse

from dashboard import i18n
from dashboard.http.addresses import digest
from dashboard.http.look import html_tag

# Stricter than the other pages' (middleware.py): nothing runs, and a form leads here only.
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self';"
    " frame-ancestors 'none'; base-uri 'none'",
}
_STYLE = """
:root { color-scheme: light dark; font: 17px/1.45 system-ui, sans-serif; }
body { max-width: 34rem; margin: 0 auto; padding: 1rem 1.1rem 2rem; }
h1 { font-size: 1.35rem; line-height: 1.25; margin: 0.3rem 0 0.1rem; }
p.about { margin: 0 0 1.1rem; opacity: 0.75; }
label, legend { display: block; font-weight: 600; margin: 0 0 0.3rem; }
textarea, input[type=text], input[type=password], select { box-sizing: border-box; width: 100%; font: inherit; padding: 0.6rem 0.7rem;
  border: 1px solid #8a99a3; border-radius: 0.5rem; margin: 0 0 1.1rem; }
fieldset { border: 0; padding: 0; margin: 0 0 1.1rem; }
fieldset label { display: flex; gap: 0.7rem; align-items: center; font-weight: 400; margin: 0 0 0.4rem;
  padding: 0.65rem 0.7rem; border: 1px solid #8a99a3; border-radius: 0.5rem; }
fieldset input { width: 1.2rem; height: 1.2rem; margin: 0; }
h2 { font-size: 1.1rem; margin: 1.5rem 0 0.4rem; }
.roles button { margin: 0 0 0.5rem; }
button { width: 100%; font: inherit; font-weight: 650; padding: 0.85rem; border: 0; border-radius: 0.5rem;
  background: #0f6674; color: #fff; }
.wrong::first-letter { text-transform: uppercase; }
.wrong { padding: 0.7rem 0.9rem; border-radius: 0.5rem; background: #b3142b; color: #fff; }
.done { padding: 0.9rem; border-radius: 0.5rem; background: #0b7a75; color: #fff; }
"""


def plain_page(
    title: str,
    body: str,
    status: int = 200,
    head: str = "",
    language: str | None = None,
    script: str = "",
    script_file: str = "",
    policy: str = "",
) -> HTMLResponse:
    """A page in the language of who asks, or another; `body` is HTML, and what the page has in its `head`; `title` is text.

    A script is our own, the same for everybody, and may ask this server; one in a file, by its address, may not.
    `policy` is what the page needs beyond that.
    """
    language = language or i18n.language()
    html = (
        f'<!doctype html>{html_tag(language)}<head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style>{head}</head>"
        f"<body><h1>{escape(title)}</h1>{body}{_script(script, script_file)}</body></html>"
    )
    allowed = HEADERS["Content-Security-Policy"] + (f"; {policy}" if policy else "")
    if script:
        allowed += f"; script-src {digest(script)}; connect-src 'self'"
    if script_file:
        allowed += "; script-src 'self'"
    return HTMLResponse(html, status, {**HEADERS, "Content-Security-Policy": allowed})


def _script(text: str, file: str) -> str:
    inline = f"<script>{text}</script>" if text else ""
    return inline + (f'<script src="{escape(file)}" defer></script>' if file else "")
