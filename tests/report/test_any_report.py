"""Every control of a report, whatever is in it: used one after another in a real browser.

The page of hostile names is one such report. ``PKLOGISTICS_REPORTS`` names more, files or folders of them
(with ``:`` between, as in ``PATH``), which are used in the same way.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

CONTROLS = "button:visible, select:visible, input:visible, summary:visible"


def _named() -> list[Path]:
    places = [Path(each) for each in os.environ.get("PKLOGISTICS_REPORTS", "").split(os.pathsep) if each]
    return [
        file for place in places for file in (sorted(place.glob("*.html")) if place.is_dir() else [place])
    ]


@pytest.fixture(params=[None, *_named()], ids=lambda file: file.stem if file else "hostile")
def report(request, address):
    """Return the address of a report."""
    return request.param.resolve().as_uri() if request.param else address


def _choose_all(page, select: str) -> int:
    """Choose every option of a list, the first one last; return how many there are."""
    count = page.locator(f"{select} option").count()
    for index in [*range(1, count), 0]:
        page.select_option(select, index=index)
    return count


def _pictures(page) -> str:
    return page.evaluate("() => [...document.querySelectorAll('.chart svg')].map((s) => s.innerHTML).join()")


def test_every_period_sector_and_site_of_the_map_is_shown(opened, report):
    found = opened(report)
    page = found.page
    if not page.locator("#map-controls").count():
        pytest.skip("the report has no map")
    told = [page.text_content("#map-when")]
    if page.is_visible("#map-period"):
        page.focus("#map-period")
        for _ in range(int(page.get_attribute("#map-period", "max"))):
            page.keyboard.press("ArrowRight")
            told.append(page.text_content("#map-when"))
    assert len(set(told)) == len(told)
    assert _choose_all(page, "#map-sector") > 1
    for index in range(1, min(40, page.locator("#map-site option").count())):
        page.select_option("#map-site", index=index)
        chosen = page.locator("#map-site option").nth(index).text_content()
        assert chosen in page.text_content("#map-detail")
    assert found.wrong == []


def test_layers_buttons_and_keys_change_the_map(opened, report):
    found = opened(report)
    page = found.page
    if not page.locator("#map-controls").count():
        pytest.skip("the report has no map")
    boxes = [
        f"#{name}"
        for name in page.locator("#map-controls input[type=checkbox]").evaluate_all(
            "boxes => boxes.map((box) => box.id)"
        )
    ]
    page.locator("#map-chart").scroll_into_view_if_needed()
    silent = []
    for box in [*boxes, *boxes]:  # Off, and on again.
        before = _pictures(page)
        page.locator(box).click()
        if _pictures(page) == before:
            silent.append(box)
    # A layer may be empty (no depot in use, a surgeon at every post), but not that of the names.
    assert "#map-show-names" not in silent
    for button in ("#map-in", "#map-in", "#map-out", "#map-sites"):
        before = _pictures(page)
        page.click(button)
        assert _pictures(page) != before, button
    page.focus("#map-chart")
    for key in ("+", "ArrowLeft", "ArrowUp", "ArrowRight", "ArrowDown", "-"):
        before = _pictures(page)
        page.keyboard.press(key)
        assert _pictures(page) != before, key
    assert found.wrong == []


def test_tables_and_goods_show_what_is_chosen(opened, report):
    found = opened(report)
    page = found.page
    rows = page.locator("#grid tbody tr")
    count = rows.count()
    _choose_all(page, "#grid-columns")
    _choose_all(page, "#grid-order")
    name = page.locator("#grid tbody th").first.text_content()
    page.fill("#grid-find", name)
    assert name in page.locator("#grid tbody th").all_text_contents()
    page.fill("#grid-find", "no such site anywhere")
    assert rows.count() == 0
    page.fill("#grid-find", "")
    assert rows.count() == count
    if page.locator("#goods-choice").count():
        for index in range(page.locator("#goods-choice option").count()):
            page.select_option("#goods-choice", index=index)
            chosen = page.locator("#goods-choice option").nth(index).text_content()
            assert page.text_content("#goods-breaks").startswith(chosen)
    for summary in page.locator("summary").all():
        summary.click()
    assert page.locator("details:not([open])").count() == 0
    assert found.wrong == []


def test_links_lead_somewhere_and_tab_reaches_every_control(opened, report):
    found = opened(report)
    page = found.page
    targets = page.locator("nav a").evaluate_all("links => links.map((link) => link.getAttribute('href'))")
    assert targets
    for target in targets:
        assert page.locator(target).count() == 1, target
    wanted = page.locator(CONTROLS).count() + page.locator(".scroll:visible, #map-chart, nav a").count()
    reached = set()
    for _ in range(wanted + 20):
        page.keyboard.press("Tab")
        reached.add(
            page.evaluate("() => [...document.querySelectorAll('*')].indexOf(document.activeElement)")
        )
    missed = page.locator(CONTROLS).evaluate_all(
        """(controls, reached) => {
            const all = [...document.querySelectorAll('*')];
            const missed = controls.filter((one) => !reached.includes(all.indexOf(one)));
            return missed.map((one) => one.id || one.textContent);
        }""",
        sorted(reached),
    )
    assert missed == []
    assert found.wrong == []


def test_on_a_phone_nothing_is_cut_at_the_sides(opened, report):
    found = opened(report, viewport={"width": 375, "height": 800}, is_mobile=True, has_touch=True)
    page = found.page
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 375
    if page.locator("#map-chart svg").count():
        page.locator("#map-chart").scroll_into_view_if_needed()
        chart = page.locator("#map-chart").bounding_box()
        for text in page.locator("#map-chart svg text").all():
            box = text.bounding_box()
            assert box["x"] >= chart["x"] - 1, text.text_content()
            assert box["x"] + box["width"] <= chart["x"] + chart["width"] + 1, text.text_content()
    assert found.wrong == []


def test_on_a_phone_long_tables_show_their_first_rows_and_all_of_them_at_a_key(opened, report):
    phone = {"viewport": {"width": 390, "height": 800}, "is_mobile": True, "has_touch": True}
    found = opened(report, **phone)
    page = found.page
    page.evaluate("() => document.querySelectorAll('details').forEach((one) => (one.open = true))")
    shown = "entries => entries.filter((one) => one.checkVisibility()).length"
    buttons = page.locator("button.all").all()
    assert buttons
    for button in buttons:
        entries = button.locator("xpath=preceding-sibling::*[1]").locator("tbody tr, :scope > li")
        count, first = entries.count(), entries.evaluate_all(shown)
        assert f"all {count:,} " in button.text_content()
        assert 0 < first < count - 2
        button.focus()
        for expanded, many in (("true", count), ("false", first)):
            page.keyboard.press("Enter")
            assert (button.get_attribute("aria-expanded"), entries.evaluate_all(shown)) == (expanded, many)
    # What a phone folds is not folded on paper (which cuts the longest tables itself) nor on a wide screen.
    page.emulate_media(media="print")
    folded = page.locator(":not(.cut).first .later")
    assert folded.evaluate_all(shown) == folded.count()
    page.emulate_media(media="screen")
    page.set_viewport_size({"width": 1200, "height": 800})
    assert page.locator(".later").evaluate_all(shown) == page.locator(".later").count()
    assert page.locator("button.all:visible").count() == 0
    assert found.wrong == []
    assert opened(report, java_script_enabled=False, **phone).page.locator("button.all, .later").count() == 0


def test_print_is_short_and_has_the_pictures(opened, report):
    found = opened(report)
    page = found.page
    page.evaluate("() => dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    for chart in page.locator(".chart svg").all():
        assert chart.bounding_box()["height"] > 100
    for table in page.locator(".cut").all():
        assert table.locator("tbody tr:visible").count() == 12
        assert "first 12 of" in table.locator(".printed").text_content()
    assert found.wrong == []
