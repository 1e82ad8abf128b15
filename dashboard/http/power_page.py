"""`/power`: what to do in a power cut, on any telephone and as a printed card.

Plain HTML as the form for faults is: it opens where Streamlit's page would still load, and asks again by
itself without a script. While the mains is there it says what would happen if it failed now.
"""

from collections.abc import Iterable
from html import escape

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from alerts.power.plan import PowerPlan, UpsPlan
from alerts.power.words import (
    device_name,
    doubt_phrases,
    generator_phrases,
    headline,
    restart_phrases,
    stop_phrases,
)
from core.errors import StoreError
from core.schema.site import Site
from core.text.phrase import Phrase
from dashboard import i18n
from dashboard.components.shared.backfill_banner import banner_words
from dashboard.http.plain_page import plain_page
from dashboard.i18n import t
from dashboard.queries import stores
from dashboard.queries.power import power_plan
from dashboard.text import format as fmt

AGAIN_S = 20  # the page asks again

_HEAD = f"""<meta http-equiv="refresh" content="{AGAIN_S}"><style>
h2 {{ font-size: 1.1rem; margin: 1.3rem 0 0.4rem; }}
.big {{ font-size: 1.15rem; font-weight: 650; margin: 0.3rem 0; }}
.cut {{ padding: 0.7rem 0.9rem; border-radius: 0.5rem; background: #b3142b; color: #fff; }}
ol, ul {{ margin: 0; padding-inline-start: 1.3rem; }}
li {{ margin: 0 0 0.45rem; }}
li.now {{ font-weight: 650; }}
.steps {{ list-style: none; padding: 0; }}
.unknown {{ opacity: 0.85; font-size: 0.95rem; }}
@media print {{
  @page {{ size: A5; margin: 10mm; }}
  :root {{ font-size: 11pt; color-scheme: light; }}
  body {{ max-width: none; padding: 0; }}
  .cut {{ background: none; color: #000; border: 2px solid #000; }}
  h2 {{ break-after: avoid; }}
  li, p {{ break-inside: avoid; }}
  .screen {{ display: none; }}
}}
</style>"""


def show(_request: Request) -> Response:
    """The plan of this moment."""
    site = stores.site()
    i18n.use(site.file.language)
    title = t("power.title")
    try:
        plan = power_plan()
    except StoreError:
        words = ". ".join(filter(None, banner_words())) or t("power.unreadable")
        body = f'<p class="wrong" role="alert">{escape(words)}</p>'
        return plain_page(title, body, 503, _HEAD)
    return plain_page(title, _body(plan, site), head=_HEAD)


ROUTES = [Route("/power", show, methods=["GET"])]


def _body(plan: PowerPlan, site: Site) -> str:
    at = t("power.at", site=site.file.name, when=fmt.exact(plan.at, site))
    parts = [f'<p class="about">{escape(at)}</p>']
    if not plan.ups:
        parts.append(f"<p>{escape(t('power.no_ups'))}</p>")
    for ups in plan.ups:
        parts.append(_ups(ups, plan, site))
    generators = [line for each in plan.generators for line in generator_phrases(each, site)]
    parts.append(_section(t("power.generator"), _items(generators)))
    order = list(restart_phrases(plan, site))
    steps = "".join(f"<li>{_words(line)}</li>" for line in order[1:])
    if order:
        parts.append(f"<h2>{escape(t('power.again'))}</h2><p>{_words(order[0])}</p>")
        parts.append(f'<ul class="steps">{steps}</ul>')
    doubts = [line for ups in plan.ups for line in doubt_phrases(ups, site)]
    parts.append(_section(t("power.not_known"), _items(doubts), "unknown"))
    parts.append(f'<p class="about screen">{escape(t("power.fresh", seconds=AGAIN_S))}</p>')
    return "".join(parts)


def _ups(ups: UpsPlan, plan: PowerPlan, site: Site) -> str:
    is_cut = ups.mode == "battery"
    lines = "".join(f'<p class="big">{_words(line)}</p>' for line in headline(ups, plan, site))
    top = (
        f'<div class="{"cut" if is_cut else "calm"}"{" role=alert" if is_cut else ""}>{lines}</div>'
    )
    urgent = {device_name(stop.device, site) for stop in ups.stops if stop.is_now and is_cut}
    stops = "".join(
        f"<li{' class=now' if line.values.get('device') in urgent else ''}>{_words(line)}</li>"
        for line in stop_phrases(ups, site)
    )
    heading = t("power.stop") if is_cut else t("power.would_stop")
    return top + _section(heading, f"<ol>{stops}</ol>" if stops else "")


def _section(heading: str, content: str, looks: str = "") -> str:
    if not content:
        return ""
    return f'<h2>{escape(heading)}</h2><div class="{looks}">{content}</div>'


def _items(lines: Iterable[Phrase]) -> str:
    items = "".join(f"<li>{_words(line)}</li>" for line in lines)
    return f"<ul>{items}</ul>" if items else ""


def _words(line: Phrase) -> str:
    """In the site's language; names in it come from the site file."""
    return escape(i18n.translate(line))
