"""Pages driven without a browser: opened, clicked, filled in, and what is then on the screen."""

from typing import Any

from streamlit.testing.v1 import AppTest

from dashboard.http import server


def page(name: str, **query: object) -> AppTest:
    test = AppTest.from_file(str(server.SCRIPT), default_timeout=30)
    for key, value in query.items():
        test.query_params[key] = str(value)
    test.switch_page(f"app_pages/{name}.py")
    return whole(test.run())


def whole(test: AppTest) -> AppTest:
    assert not test.exception
    return test


def screen(test: AppTest) -> str:
    found: Any = whole(test).get("html")
    bodies = (block.proto.body for block in found if "--sw-ok" not in block.proto.body)
    return unmarked("\n".join(bodies))


def unmarked(text: str) -> str:
    """As it is read: without the marks that keep a name in its order among words that run the other way."""
    return text.translate(dict.fromkeys(map(ord, "\u2068\u2069\u200e\u200f")))


def box(test: AppTest, label: str, text: str | None = None) -> str:
    """What stands in the box for a number whose label begins so, after `text` was typed into it."""
    found = next(one for one in test.text_input if one.label.startswith(label))
    if text is not None:
        found.set_value(text)
    return found.value or ""


def click(test: AppTest, label: str, nth: int = 0) -> AppTest:
    found = [button for button in test.button if button.label == label]
    return whole(found[nth].click().run())


def field(test: AppTest, label: str, nth: int = 0) -> Any:
    kinds: list[Any] = [*test.text_input, *test.text_area, *test.selectbox]
    return [one for one in kinds if one.label == label][nth]


def choose(test: AppTest, label: str, value: object) -> AppTest:
    """A segmented control; AppTest has no name for it."""
    groups: Any = test.get("button_group")
    found = next(one for one in groups if one.label == label)
    return whole(found.set_value(value).run())


def save(test: AppTest, form: str) -> AppTest:
    """Hand in the form whose key begins so."""
    button = next(one for one in test.button if one.proto.form_id.startswith(form))
    return whole(button.click().run())


def fill(test: AppTest, key: str, value: object) -> None:
    """Type into, or choose in, the field of that key."""
    kinds: list[Any] = [*test.text_input, *test.text_area, *test.selectbox]
    field = next(field for field in kinds if field.key == key)
    is_choice = any(field is choice for choice in test.selectbox)
    field.set_value(value if is_choice else "" if value is None else str(value))
