"""Looks at a page as WCAG 2.2 AA does: by axe-core, as a screen reader, in a narrow window, with large text."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import BrowserContext, Page

AXE: Final = Path(__file__).parents[1] / "js" / "node_modules" / "axe-core" / "axe.min.js"
INSIDE: Final = Path(__file__).with_suffix(".js")
PHONE: Final = (390, 844)
DESKTOP: Final = (1280, 800)
NARROW: Final = (320, 640)  # 1280 px at a zoom of 400 %
CONTROLS: Final = ("button", "link", "checkbox", "combobox", "textbox", "DisclosureTriangle", "image", "progressbar")


def make_inspectable(context: BrowserContext) -> BrowserContext:
    """Every page of the context brings the checker along. It stands outside of what the page's own rules forbid."""
    if not AXE.is_file():
        pytest.skip("axe-core is not installed (npm ci in tests/js)")
    context.add_init_script(AXE.read_text())
    context.add_init_script(INSIDE.read_text())
    return context


@dataclass
class Inspection:
    """All that was found on the states of a page that were looked at, each as one sentence."""

    page: Page
    problems: list[str] = field(default_factory=list)
    unsure: list[str] = field(default_factory=list)

    def look(self, state: str) -> None:
        """Every check of what the page shows now. It ends on a phone in the light."""
        self._in_window(DESKTOP, "dark")
        self._note(state, "desktop, dark", self._violations())
        self._note(state, "desktop, text at 200 %", self._with_large_text("spoiled", "outside"))
        self._in_window(PHONE, "light")
        self._note(state, "phone, light", self._violations())
        self._note(state, "phone", self._inside("smallTargets") + self._inside("spoiled"))
        self._note(state, "reduced motion", self._inside("moving"))
        self._note(state, "screen reader", self._unread())
        self._note(state, "phone, text at 200 %", self._with_large_text("spoiled"))
        self._in_window(NARROW, "light")
        self._note(state, "320 px", self._inside("outside"))
        self._in_window(PHONE, "light")

    def expect_nothing(self) -> None:
        """Fails with what has to be mended, and then with what axe-core left to people."""
        assert not self.problems, "\n".join(["found:", *self.problems, *self.unsure])

    def _with_large_text(self, *checks: str) -> list[str]:
        self.page.evaluate("document.documentElement.style.fontSize = '200%'")
        found = [sentence for check in checks for sentence in self._inside(check)]
        self.page.evaluate("document.documentElement.style.fontSize = ''")
        return found

    def _violations(self) -> list[str]:
        answer = self.page.evaluate("inspection.violations()")
        self.unsure += [f"(undecided) {sentence}" for sentence in answer["unsure"] if "color-contrast" in sentence]
        return list(answer["found"])

    def _inside(self, check: str) -> list[str]:
        return list(self.page.evaluate(f"inspection.{check}()"))

    def _unread(self) -> Iterator[str]:
        """What Chromium's own tree lacks for somebody who only hears it."""
        session = self.page.context.new_cdp_session(self.page)
        nodes = [node for node in session.send("Accessibility.getFullAXTree")["nodes"] if not node["ignored"]]
        session.detach()
        roles = [_value(node, "role") for node in nodes]
        headings = [_value(node, "name") for node in nodes if _value(node, "role") == "heading" and _level(node) == 1]
        yield from (
            f"a {role} has no name" for role, node in zip(roles, nodes, strict=True) if _is_nameless(role, node)
        )
        if "dialog" in roles:  # what stands behind it is out of reach
            return
        if len(headings) != 1 or not headings[0]:
            yield f"the headings of the first level are {headings}"
        yield from (f"{roles.count(role)} times {role}" for role in ("main", "banner") if roles.count(role) != 1)

    def _in_window(self, size: tuple[int, int], scheme: Any) -> None:
        self.page.set_viewport_size({"width": size[0], "height": size[1]})
        self.page.emulate_media(color_scheme=scheme)

    def _note(self, state: str, how: str, found: Any) -> None:
        self.problems += [f"{state} ({how}): {sentence}" for sentence in found]


def _value(node: dict[str, Any], name: str) -> str:
    return str(node.get(name, {}).get("value", ""))


def _level(node: dict[str, Any]) -> int:
    return next(int(each["value"]["value"]) for each in node["properties"] if each["name"] == "level")


def _is_nameless(role: str, node: dict[str, Any]) -> bool:
    return role in CONTROLS and not _value(node, "name").strip()
