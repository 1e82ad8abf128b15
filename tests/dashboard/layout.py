"""What is wrong with how a page lies on a screen: text that is cut, beyond the edge, or runs the wrong way.

All of it is measured by a browser, in boxes of text.
"""

from contextlib import suppress

from playwright.sync_api import Page, TimeoutError

# Each complaint says what and where. Signs that Streamlit draws by name are no text.
_LOOK = r"""(isRtl) => {
  const complaints = new Set();
  const complain = (what, node) => complaints.add(`${what}: ${node.textContent.trim().slice(0, 60)}`);
  const ARABIC = /[\u0620-\u06ef]/;
  const places = [document.scrollingElement, document.querySelector('[data-testid=stMain]')].filter(Boolean);
  for (const place of places) {
    if (place.scrollWidth > place.clientWidth + 1) complaints.add(`the page scrolls sideways: ${place.scrollWidth}`);
  }
  if ((getComputedStyle(document.documentElement).direction === 'rtl') !== isRtl) complaints.add('the side of the page');
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const boxOf = (node, at) => {
    const range = document.createRange();
    range.setStart(node, at);
    range.setEnd(node, at + 1);
    return range.getBoundingClientRect();
  };
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const parent = node.parentElement, text = node.textContent;
    if (!text.trim() || parent.closest('script, style, [data-testid=stIconMaterial], .sw-spoken, .sw-chart-spoken, option, title, [data-testid=stSkipToContent]')) continue;
    if (!parent.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const rects = [...range.getClientRects()].filter((rect) => rect.width > 1 && rect.height > 1);
    if (!rects.length) continue;
    const style = getComputedStyle(parent);
    // Cut by what it stands in, or beyond the edge; what can be scrolled to is not.
    let isReached = false, isReachedBelow = false;
    for (let place = parent; place && !(isReached && isReachedBelow); place = place.parentElement) {
      const { overflowX, overflowY, textOverflow, position } = getComputedStyle(place);
      if (/auto|scroll/.test(overflowX) && place.scrollWidth > place.clientWidth + 1) isReached = true;
      if (/auto|scroll/.test(overflowY)) isReachedBelow = true;
      const box = place.getBoundingClientRect();
      const isCutX = /hidden|clip/.test(overflowX) && textOverflow !== 'ellipsis';
      const isCutY = /hidden|clip/.test(overflowY) && textOverflow !== 'ellipsis';
      if (isCutX && !isReached && rects.some((rect) => rect.left < box.left - 1 || rect.right > box.right + 1)) complain('cut at a side', node);
      if (isCutY && !isReachedBelow && rects.some((rect) => rect.bottom > box.bottom + 3 || rect.top < box.top - 3)) complain('cut below', node);
      if (position === 'fixed') break;
    }
    if (!isReached && rects.some((rect) => rect.left < -1 || rect.right > innerWidth + 1)) complain('beyond the edge', node);
    if (isRtl && ARABIC.test(text) && style.direction !== 'rtl' && style.unicodeBidi !== 'plaintext'
        && !parent.closest('[dir=ltr], [dir=auto], bdi')) complain('runs from the left', node);
    if (isRtl && ARABIC.test(text) && style.textAlign === 'left' && !parent.closest('[dir=ltr]')) complain('stands at the left', node);
    // A minus before its number, a unit behind it, an id in its order.
    for (const match of text.matchAll(/(\u2212)[0-9]|[0-9][\s\u202f]*(\u00b0C|%|mm|kV|HU|W|ms)(?![\w])|[a-z](-)[0-9]/g)) {
      const begin = boxOf(node, match.index), end = boxOf(node, match.index + match[0].length - 1);
      if (Math.abs(begin.top - end.top) < 3 && begin.left > end.left) complain(`out of order, ${match[0]}`, node);
    }
  }
  for (const icon of document.querySelectorAll('[data-testid=stIconMaterial]')) {
    if (!icon.checkVisibility()) continue;
    const isMirrored = getComputedStyle(icon).transform.startsWith('matrix(-1');
    if (isRtl && /arrow_back|arrow_right/.test(icon.textContent) && !isMirrored) complain('points the wrong way', icon);
    if (!isRtl && /arrow_forward|arrow_left/.test(icon.textContent)) complain('points the wrong way', icon);
  }
  return [...complaints];
}"""


def complaints(page: Page, *, is_rtl: bool) -> list[str]:
    """What is wrong with the page once it lies still: a screen that was made narrower is laid out anew."""
    side = "true" if is_rtl else "false"
    with suppress(TimeoutError):
        page.wait_for_function(f"() => ({_LOOK})({side}).length === 0", timeout=10_000)
    found: list[str] = page.evaluate(_LOOK, is_rtl)
    return found
