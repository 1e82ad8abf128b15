"""`/trust`: the certificate of the site's own authority, and how a telephone or a computer comes to trust it.

Open to everyone: a certificate is public, and who is to trust it cannot sign in safely yet. What makes it safe is
the fingerprint, compared with `scanward certificate show` on the computer itself.
"""

from html import escape

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from core.errors import StoreError
from dashboard import i18n
from dashboard.http.plain_page import plain_page
from dashboard.i18n import t
from dashboard.queries import stores

FILE = "scanward.crt"
MEDIA_TYPE = "application/x-x509-ca-cert"  # by which telephones know what it is


def show(request: Request) -> Response:
    """The fingerprint, the file, this page's address as a code, and what to press."""
    i18n.use(stores.site().file.language)
    certificate = _certificate()
    if certificate is None:
        return plain_page(t("trust.title"), f"<p>{escape(t('trust.none'))}</p>", 404)
    import segno

    print_of_it = certificate[1]
    code = segno.make(str(request.url.replace(query="")), error="m").svg_inline(scale=5)
    ways = "".join(
        f"<h2>{name}</h2><p>{escape(t(key))}</p>"
        for name, key in (
            ("Android", "trust.android"),
            ("iPhone, iPad", "trust.ios"),
            ("Windows", "trust.windows"),
        )
    )
    body = f"""<p class="about">{escape(t("trust.about"))}</p>
<p><a href="trust/{FILE}">{escape(t("trust.file"))}</a></p>
<h2>{escape(t("trust.fingerprint"))}</h2><p dir="ltr" style="word-break:break-all"><code>{print_of_it}</code></p>
<p>{escape(t("trust.compare"))}</p>{ways}
<h2>{escape(t("trust.code"))}</h2><div style="background:#fff;width:max-content">{code}</div>"""
    return plain_page(t("trust.title"), body)


def file(_request: Request) -> Response:
    """The authority's certificate, without its key."""
    certificate = _certificate()
    if certificate is None:
        return Response(status_code=404)
    words = {"Content-Disposition": f'attachment; filename="{FILE}"', "Cache-Control": "no-store"}
    return Response(certificate[0], media_type=MEDIA_TYPE, headers=words)


ROUTES = [
    Route("/trust", show, methods=["GET"]),
    Route(f"/trust/{FILE}", file, methods=["GET"]),
]


def _certificate() -> tuple[bytes, str] | None:
    """PEM and fingerprint; None where the site has no authority of its own."""
    site = stores.site()
    if site.file.http.tls != "own":
        return None
    from dashboard.certificates.authority import fingerprint, load_authority

    try:
        authority = load_authority(site.tls_path)
    except StoreError:
        return None
    return None if authority is None else (authority.public_pem, fingerprint(authority))
