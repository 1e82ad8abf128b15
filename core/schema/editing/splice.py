"""One value of a YAML text put, added or removed: only the characters of that value change.

Plain text in, plain text out. Whether the result means what was meant is checked by `changed_text`,
so an odd way of writing is refused and never spoiled.
"""

import re

from core.errors import RefusedError
from core.schema.editing.address import Path, Raw
from core.schema.editing.outline import YamlSpan, column, entry_start, outline
from core.schema.editing.writing import block, entry, is_short, item, one_line, scalar


def put(text: str, path: Path, old: object, value: Raw) -> str:
    """The value at a path, which is made if it is absent; `old` is what is read there now."""
    chain = _chain(text, path)
    node = chain[-1]
    if len(chain) <= len(path):
        return _insert_key(text, chain, path, value)
    if type(old) is type(value) and old == value:
        return text
    if isinstance(value, dict) and isinstance(old, dict) and value and node.children:
        return _merge_mapping(text, path, old, value)
    if isinstance(value, list) and isinstance(old, list) and value and node.children:
        return _merge_sequence(text, path, old, value)
    return _replace(text, chain, path, value)


def _merge_mapping(text: str, path: Path, old: dict[str, Raw], value: dict[str, Raw]) -> str:
    for key, part in value.items():
        if key not in old or old[key] != part or type(old[key]) is not type(part):
            text = put(text, (*path, key), old.get(key), part)
    for key in old:
        if key not in value:
            text = remove(text, (*path, key))
    return text


def _merge_sequence(text: str, path: Path, old: list[Raw], value: list[Raw]) -> str:
    """What is alike at both ends stays; between, items are put, then added or removed."""
    first, last = 0, 0
    while first < min(len(old), len(value)) and old[first] == value[first]:
        first += 1
    while last < min(len(old), len(value)) - first and old[-1 - last] == value[-1 - last]:
        last += 1
    if last and len(value) > len(old):  # something in the middle: an item is only added at the end
        last = 0
    common = min(len(old), len(value)) - last
    for place in range(first, common):
        text = put(text, (*path, place), old[place], value[place])
    for place in reversed(range(common, len(old) - last)):
        text = remove(text, (*path, place))
    for part in value[len(old) :]:
        text = add(text, path, part)
    return text


def add(text: str, path: Path, value: Raw) -> str:
    """One more item at the end of the list at a path, which is made if it is absent."""
    chain = _chain(text, path)
    node = chain[-1]
    if len(chain) <= len(path) or not node.children:
        return put(text, path, None, [value])
    last = node.children[-1]
    if node.is_flow:
        return text[: last.end] + ", " + one_line(value) + text[last.end :]
    indent = column(text, entry_start(text, node, 0))
    is_like_last = last.kind in ("mapping", "sequence") and last.is_flow
    return _insert_lines(text, node.end, item(value, indent, on_one_line=is_like_last))


def remove(text: str, path: Path) -> str:
    """Without the key or the item at a path; comments above it stay."""
    chain = _chain(text, path)
    if len(chain) <= len(path) or len(path) == 1 == len(chain[0].children):
        raise RefusedError("{place} is not in the file, or is all that is in it", place=shown(path))
    parent, node = chain[-2], chain[-1]
    place = next(place for place, each in enumerate(parent.children) if each is node)
    if len(parent.children) == 1:
        return _replace(text, chain[:-1], path[:-1], {} if parent.kind == "mapping" else [])
    start = entry_start(text, parent, place)
    is_last = place == len(parent.children) - 1
    if parent.is_flow and is_last:
        return text[: parent.children[place - 1].end] + text[node.end :]
    line = text.rfind("\n", 0, start) + 1
    if parent.is_flow or text[line:start].strip():
        return text[:start] + text[entry_start(text, parent, place + 1) :]
    end = text.find("\n", node.end)
    if end < 0:  # the last line of a file that ends without a newline
        return text[:line].removesuffix("\n").removesuffix("\r")
    return text[:line] + text[end + 1 :]


def _chain(text: str, path: Path) -> list[YamlSpan]:
    """The nodes from the top to the one at the path, or to the last that is there."""
    chain = [outline(text)]
    for step in path:
        if chain[-1].kind == "alias":
            raise RefusedError(
                "{place} is written once for several places (`*name`): change it in the file",
                place=shown(path),
            )
        node = chain[-1].child(step)
        if node is None:
            break
        chain.append(node)
    return chain


def _insert_key(text: str, chain: list[YamlSpan], path: Path, value: Raw) -> str:
    """The keys of the path that are not there yet, with the value below the last."""
    node, missing = chain[-1], path[len(chain) - 1 :]
    for step in reversed(missing[1:]):
        value = {str(step): value}
    key = missing[0]
    if not isinstance(key, str) or (node.kind != "mapping" and node.start < node.end):
        raise RefusedError("{place} cannot be in the file", place=shown(path))
    if not node.children:
        return _replace(text, chain, path[: len(chain) - 1], {key: value})
    if node.is_flow:
        at = node.children[-1].end
        return f"{text[:at]}, {scalar(key)}: {one_line(value)}{text[at:]}"
    indent = column(text, node.keys[0].start)
    sample = _sample_end(text, key) if len(chain) == 1 and indent == 0 else None
    return _insert_lines(text, node.end if sample is None else sample, entry(key, value, indent))


def _sample_end(text: str, key: str) -> int | None:
    """The end of the lines that show a setting of the top commented out; None if there are none."""
    sample = re.search(rf"^#[ ]?{re.escape(key)}:.*(?:\n#[ ]{{2,}}.*)*", text, re.MULTILINE)
    return None if sample is None else sample.end()


def _insert_lines(text: str, at: int, lines: list[str]) -> str:
    """Below the line of `at`, with whatever else stands on it."""
    end = text.find("\n", at)
    end = len(text) if end < 0 else end
    if text[at:end].endswith("\r"):
        end -= 1
    return text[:end] + "".join(newline(text) + line for line in lines) + text[end:]


def _replace(text: str, chain: list[YamlSpan], path: Path, value: Raw) -> str:
    """The whole value of a node, with all that is written in it."""
    node, parent = chain[-1], chain[-2] if len(chain) > 1 else None
    if parent is None:
        raise RefusedError("the file must stay a mapping")
    quote = node.quote if node.kind == "scalar" else ""
    is_plain = not isinstance(value, dict | list)
    start = column(text, node.start)
    if parent.is_flow or (node.is_flow and is_short(value, start)):
        written = scalar(value, quote) if not isinstance(value, dict | list) else one_line(value)
        is_glued = node.start == node.end and text[node.start - 1 : node.start] not in (" ", "\n")
        return text[: node.start] + " " * is_glued + written + text[node.end :]
    if parent.kind == "sequence":
        lines = [one_line(value)] if is_plain or not value else block(value, start)
        return text[: node.start] + newline(text).join(lines).lstrip() + text[node.end :]
    key = parent.keys[parent.names.index(str(path[-1]))]
    indent = column(text, key.start)
    colon = text.index(":", key.end) + 1
    if is_short(value, indent + len(str(path[-1])) + 2):
        return text[:colon] + " " + one_line(value) + text[node.end :]
    lines = [newline(text) + line for line in block(value, indent + 2)]
    return text[:colon] + "".join(lines) + text[node.end :]


def newline(text: str) -> str:
    """How the lines of a text end."""
    return "\r\n" if "\r\n" in text else "\n"


def shown(path: Path) -> str:
    """`devices[3].name`."""
    steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return "".join(steps).removeprefix(".")
