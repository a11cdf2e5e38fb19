from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

import pklogistics
from pklogistics.errors import NoPlanError, PlanError
from pklogistics.plan import Plan
from pklogistics.report.charts import chart_data
from pklogistics.report.html import report, write_page
from tests.report.missions import HOSTILE, hostile

VOID = {"meta", "link", "rect", "br", "img", "input", "hr"}
REQUESTS = {
    "img",
    "iframe",
    "object",
    "embed",
    "form",
    "audio",
    "video",
    "source",
    "base",
    "use",
    "image",
}


class Page(HTMLParser):
    """Collects the elements, their attributes and the text of a page, and checks that it is balanced."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self._open.pop() == tag

    def handle_data(self, data):
        if self._open[-1:] not in (["script"], ["style"]):
            self.text.append(data)

    def all(self, tag):
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture(scope="module")
def html():
    return report(*hostile())


@pytest.fixture(scope="module")
def page(html):
    return Page(html)


def test_hostile_names_are_text(page):
    names = {name.replace("\n", " ") for name in HOSTILE}
    assert names <= set(page.text)  # Each stands in the page as it is, and is nothing but text.
    assert page.all("img") == page.all("b") == page.all("i") == []
    # Three scripts, none of them from a name: the data, the library and ours.
    assert page.all("script") == [{"type": "application/json", "id": "data"}, {}, {}]


def _scripts(html):
    return re.findall(r"<script[^>]*>(.*?)</script>", html, flags=re.DOTALL)


def test_the_data_in_the_page_is_what_was_put_there(html):
    found = _scripts(html)[0]
    assert json.loads(found) == json.loads(json.dumps(chart_data(*hostile())))
    # Nothing in it can end the script, begin markup or be taken for an attribute's end.
    assert re.findall(r"[<>&']", found) == []


def test_nothing_asks_the_network_or_runs(html, page):
    for tag, attributes in page.tags:
        assert tag not in REQUESTS
        assert not [
            name for name in attributes if name.startswith("on") or name in ("src", "srcset", "style")
        ]
        assert (attributes.get("href") or "#").startswith(("#", "data:"))
    style = html[html.index("<style>") : html.index("</style>")]
    assert "@import" not in style
    assert re.findall(r"url\((?!#)", style) == []
    policies = [m["content"] for m in page.all("meta") if m.get("http-equiv") == "Content-Security-Policy"]
    sums = [base64.b64encode(hashlib.sha256(s.encode()).digest()).decode() for s in _scripts(html)[1:]]
    scripts = " ".join(f"'sha256-{each}'" for each in sums)
    assert policies == [f"default-src 'none'; script-src {scripts}; style-src 'unsafe-inline'; img-src data:"]


def test_the_library_is_the_one_that_its_makers_published():
    room = Path(pklogistics.report.__file__).parent / "echarts"
    library = (room / "echarts.min.js").read_bytes()
    assert f"`{hashlib.sha256(library).hexdigest()}`" in (room / "README.md").read_text()
    assert {"LICENSE", "LICENSE-d3", "LICENSE-zrender", "NOTICE"} <= {p.name for p in room.iterdir()}
    assert b"\r" not in library  # A browser would read another text than the one whose sum is allowed.


def test_tables_can_be_read_aloud(page):
    assert len(page.all("table")) == len(page.all("caption")) > 8
    assert all(header.get("scope") in ("col", "row") for header in page.all("th"))
    assert page.all("html") == [{"lang": "en"}]
    labels = [a.get("aria-label") for a in page.all("div") if a.get("role") == "region"]
    assert len(labels) == len(page.all("table"))
    targets = {attributes["href"] for attributes in page.all("a")}
    assert targets <= {f"#{attributes['id']}" for _, attributes in page.tags if "id" in attributes}


def test_every_section_is_there(page):
    text = " ".join(page.text)
    for words in (
        *(
            "How sure it is",
            "Who is reached",
            "Mandates not kept",
            "Who is not reached, and why",
            "Sites",
        ),
        *(
            "Money",
            "Posts, security and medical reach",
            "Who works where",
            "Sources of the mission",
            "1 April 2011 to 30 May 2011",
        ),
        *("Proven best", "every rule, cost and tier holds", "80%", "mandated floor of coverage"),
    ):
        assert words in text, words


def test_labels_do_not_disturb_their_neighbours(html):
    # A name written from right to left would else turn round the numbers beside it.
    for name in ("\u202eright to left", "مستشفى بواكيه"):
        assert html.count(name) == len(re.findall(f"<bdi>[^<]*{name}[^<]*</bdi>", html)) > 0


def test_nothing_found_has_no_page():
    with pytest.raises(NoPlanError):
        report(hostile()[0], Plan.empty("m", "time"))


def test_written_whole_and_only_over_another_page(tmp_path):
    mission, plan = hostile()
    write_page(mission, plan, tmp_path / "deep" / "plan.html")
    write_page(mission, plan, tmp_path / "deep" / "plan.html")
    assert [entry.name for entry in (tmp_path / "deep").iterdir()] == ["plan.html"]
    (tmp_path / "mine.html").write_text("<p>mine</p>")
    (tmp_path / "folder.html").mkdir()
    for name, message in (
        ("mine.html", "not a report"),
        ("folder.html", "not a report"),
        ("page.txt", "html"),
    ):
        with pytest.raises(PlanError, match=message):
            write_page(mission, plan, tmp_path / name)
    assert (tmp_path / "mine.html").read_text() == "<p>mine</p>"


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_failing_write_leaves_nothing(tmp_path, monkeypatch, error):
    def fail(self, *_args, **_keys):
        self.touch()
        raise error

    monkeypatch.setattr("pathlib.Path.write_text", fail)
    with pytest.raises(PlanError if isinstance(error, OSError) else KeyboardInterrupt):
        write_page(*hostile(), tmp_path / "new" / "plan.html")
    assert list(tmp_path.iterdir()) == []
