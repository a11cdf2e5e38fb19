"""The page in a real browser: nothing foreign runs, nothing is fetched, every control does something."""

from __future__ import annotations

import pklogistics
from pklogistics.report.html import write_page
from tests.report.missions import HOSTILE

MAP = "#map-chart svg"


def test_hostile_names_are_inert_and_nothing_is_asked_for(opened):
    found = opened()
    page = found.page
    assert page.locator("img, iframe, object, embed").count() == 0
    assert page.locator("script").count() == 3  # The data, the library and ours.
    assert page.locator("#map-chart svg text").all_text_contents()
    # Even a script that found its way into the page would be refused by the page's own policy.
    page.evaluate(
        """() => {
            const foreign = document.createElement('script');
            foreign.text = 'window.bad = 1';
            document.body.append(foreign);
        }"""
    )
    assert page.evaluate("() => window.bad") is None
    refused = [line for line in found.wrong if "Content Security Policy" in line]
    assert len(refused) == 1
    assert found.wrong == refused


def test_every_control_of_the_map_does_something(opened):
    found = opened()
    page = found.page
    picture = page.inner_html(MAP)

    def changed() -> str:
        nonlocal picture
        before, picture = picture, page.inner_html(MAP)
        return "" if picture == before else picture

    slider = page.locator("#map-period")
    slider.focus()
    page.keyboard.press("ArrowRight")
    assert page.text_content("#map-when") == "period 1 of 2, from 1 April 2011"
    assert slider.get_attribute("aria-valuetext") == "period 1 of 2, from 1 April 2011"
    assert changed()
    for name in ("names", "posts", "depots", "flows"):
        page.uncheck(f"#map-show-{name}")
        assert changed(), name
    for name in ("flows", "depots", "posts", "names"):
        page.check(f"#map-show-{name}")
        assert changed(), name
    page.select_option("#map-site", label=HOSTILE[0])
    assert changed()
    detail = page.inner_text("#map-detail")
    assert HOSTILE[0] in detail
    assert "80%" in detail
    page.select_option("#map-sector", index=1)
    assert page.locator("#map-detail tbody tr").count() == 1  # There is but one sector.
    for button in ("#map-in", "#map-out", "#map-all", "#map-in", "#map-sites"):
        page.click(button)
        assert changed(), button
    page.focus("#map-chart")
    for key in ("ArrowLeft", "ArrowUp", "+", "-"):
        page.keyboard.press(key)
        assert changed(), key
    assert found.wrong == []


def _pixel(page, longitude: float, latitude: float) -> tuple[float, float]:
    x, y = page.evaluate(
        "at => echarts.getInstanceByDom(document.getElementById('map-chart')).convertToPixel('geo', at)",
        [longitude, latitude],
    )
    page.locator("#map-chart").scroll_into_view_if_needed()
    box = page.locator("#map-chart").bounding_box()
    return box["x"] + x, box["y"] + y


def test_pointing_and_clicking_tells_of_a_site(opened):
    found = opened()
    page = found.page
    page.mouse.move(*_pixel(page, 0.5, 0.5))
    # Hostile names are text in what floats over the map, too.
    told = page.locator("#map-chart").get_by_text("80% covered: 80 of 100 in need")
    told.wait_for()
    assert HOSTILE[1] in page.locator("#map-chart").inner_text()
    page.mouse.click(*_pixel(page, 0.5, 0.5))
    assert HOSTILE[1] in page.inner_text("#map-detail")
    page.click("#map-all")
    page.mouse.move(*_pixel(page, -4, 3))
    page.locator("#map-chart").get_by_text("Depot").wait_for()
    assert found.wrong == []


def test_the_wheel_scrolls_the_page_until_the_map_is_clicked(opened):
    page = opened().page
    page.mouse.move(*_pixel(page, 4.5, 1))  # Nothing is there.
    before = page.inner_html(MAP)
    page.mouse.wheel(0, 120)
    page.wait_for_function("() => scrollY > 100")
    assert page.inner_html(MAP) == before
    page.mouse.click(*_pixel(page, 4.5, 1))
    page.mouse.wheel(0, -120)
    page.wait_for_function(
        "before => document.querySelector('#map-chart svg').innerHTML !== before", arg=before
    )


def test_the_table_of_sites_is_ordered_searched_and_turned_to_time(opened):
    found = opened()
    page = found.page
    rows = page.locator("#grid tbody tr")
    assert rows.count() == len(HOSTILE)
    page.select_option("#grid-order", "name")
    names = page.locator("#grid tbody th").all_text_contents()
    assert names == page.evaluate("names => [...names].sort((a, b) => a.localeCompare(b))", names)
    page.select_option("#grid-columns", label="over time, all sectors")
    assert page.locator("#grid thead th").all_text_contents() == ["Site", "In need", "1", "2"]
    assert page.locator("#grid tbody td.h3, #grid tbody td.h4").count() == 2 * len(HOSTILE)
    page.fill("#grid-find", "SCRIPT")
    assert rows.count() == 1
    page.select_option("#grid-columns", label="sectors, period 2 of 2, from 1 May 2011")
    page.fill("#grid-find", "")
    page.select_option("#grid-order", "least")
    assert rows.count() == len(HOSTILE)
    assert found.wrong == []


def test_goods_and_money_are_drawn(opened):
    found = opened()
    page = found.page
    assert page.locator("#money-chart svg path").count() >= 3
    page.select_option("#goods-choice", index=0)
    assert "people go short in 2 of 2 periods" in page.inner_text("#goods-breaks")
    page.locator("#goods-chart").scroll_into_view_if_needed()
    box = page.locator("#goods-chart").bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + box["height"] * 0.5)
    page.locator("#goods-chart").get_by_text("given out: 0.96 t").wait_for()
    assert found.wrong == []


def test_a_phone_never_scrolls_sideways(opened):
    found = opened(viewport={"width": 390, "height": 800}, is_mobile=True, has_touch=True)
    for width in (390, 320):
        found.page.set_viewport_size({"width": width, "height": 800})
        assert found.page.evaluate("() => document.documentElement.scrollWidth") <= width
    assert found.wrong == []


def test_on_a_phone_reasons_stand_under_their_shortfall(opened):
    found = opened(viewport={"width": 375, "height": 800}, is_mobile=True, has_touch=True)
    page = found.page
    for where in ("#shortfalls", "#who", "#troops", "#sites", "#money", "#broken"):
        for frame in page.locator(f"{where} .scroll:not(.across)").all():
            width, room = frame.evaluate("frame => [frame.scrollWidth, frame.clientWidth]")
            assert width <= room, (where, frame.get_attribute("aria-label"))
    cells = page.locator("#shortfalls .cards tbody tr").first.locator("th, td")
    headings = cells.evaluate_all("cells => cells.map((cell) => cell.dataset.heading)")
    assert headings == ["Site", "Activity", "Severity", "Unmet", "Periods", "Reason"]
    told = page.locator("#shortfalls .cards tbody tr").first
    assert told.locator("td").last.bounding_box()["width"] > 280  # The reason has the whole width.
    # On a wide screen it is a table as any other.
    page.set_viewport_size({"width": 1200, "height": 800})
    assert told.evaluate("row => getComputedStyle(row).display") == "table-row"
    assert found.wrong == []


def _swipe_up(page) -> float:
    """Swipe 200 pixels up from the middle of the map; return how far the page went."""
    page.locator("#map-chart").scroll_into_view_if_needed()
    box = page.locator("#map-chart").bounding_box()
    x, y, before = box["x"] + 150, box["y"] + 300, page.evaluate("() => scrollY")
    touch = page.context.new_cdp_session(page)
    for kind, up in (
        ("touchStart", 0),
        *(("touchMove", up) for up in range(20, 220, 20)),
        ("touchEnd", None),
    ):
        points = [] if up is None else [{"x": x, "y": y - up}]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    page.wait_for_timeout(200)
    return page.evaluate("() => scrollY") - before


def test_a_finger_scrolls_past_the_map_until_it_is_tapped(opened):
    found = opened(viewport={"width": 390, "height": 800}, is_mobile=True, has_touch=True)
    assert _swipe_up(found.page) > 100
    found.page.tap("#map-chart", position={"x": 20, "y": 20})
    assert _swipe_up(found.page) == 0  # Now it moves the map.
    assert found.wrong == []


def test_print_has_the_pictures_and_no_controls(opened):
    found = opened(color_scheme="dark")
    page = found.page
    dark = page.evaluate("() => getComputedStyle(document.body).backgroundColor")
    page.evaluate("() => dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    assert page.evaluate("() => getComputedStyle(document.body).backgroundColor") != dark
    assert not page.is_visible("#map-controls")
    assert not page.is_visible("nav")
    for chart in ("#map-chart svg", "#money-chart svg", "#goods-chart svg"):
        assert page.locator(chart).bounding_box()["height"] > 100, chart
    assert page.pdf(format="A4").startswith(b"%PDF")
    assert found.wrong == []


def test_without_scripts_the_tables_say_everything(opened):
    found = opened(java_script_enabled=False)
    page = found.page
    assert not page.is_visible("#map-controls")
    assert not page.is_visible("#grid-controls")
    assert page.is_visible("text=The table of every site says what the map would show.")
    assert page.locator("#grid tbody tr").count() == len(HOSTILE)
    assert found.wrong == []


def test_a_mission_without_places_money_and_goods_has_a_page_too(opened, tmp_path):
    mission = pklogistics.read("instances/tiny-first")
    plan = pklogistics.solve(mission.replace(tables={"funds": None}), time_limit=30)
    write_page(mission, plan, tmp_path / "plan.html")
    found = opened((tmp_path / "plan.html").as_uri())
    assert "there is no map" in found.page.inner_text("#map")
    assert found.page.locator("#map-chart, #goods-chart").count() == 0
    found.page.fill("#grid-find", "no such site")
    assert found.page.locator("#grid tbody tr").count() == 0
    assert found.wrong == []
