"""How the page writes: negative numbers with a true minus, and names as people write them."""

import re

from .visitor import VIEWS

HYPHEN = re.compile(r".{0,30}(?<![\w.-])-\d.{0,15}")  # before a number, not within a name
SMALL = re.compile(r".{0,30}\bmnist\b.{0,15}")
# What canvases write is heard; what stands in the view is read, and what is said of it.
HEAR = """
  window.written = [];
  for (const kind of ["fillText", "strokeText"]) {
    const own = CanvasRenderingContext2D.prototype[kind];
    CanvasRenderingContext2D.prototype[kind] = function (text, ...rest) {
      window.written.push(String(text));
      return own.call(this, text, ...rest);
    };
  }
"""
READ = """panel => {
  const names = ["aria-label", "aria-valuetext", "title", "placeholder"];
  const said = [...panel.querySelectorAll("*")].filter(e => !e.closest(".derivation")).flatMap(e =>
    names.map(name => e.getAttribute(name) ?? ""));
  const drawn = [...panel.querySelectorAll("svg text, .spoken")].map(e => e.textContent);
  return [panel.innerText, ...drawn, ...said, ...window.written].join("\\n");
}"""


def test_numbers_and_names_are_written_as_people_write_them(visit, url):
    visitor = visit(arrives=False, at="about:blank")
    visitor.page.add_init_script(HEAR)
    visitor.arrive(url)
    for view in VIEWS:
        visitor.page.evaluate("window.written = []")
        visitor.open(view)
        visitor.settle()
        text = visitor.panel.evaluate(READ)
        assert re.search(r"\d", text), view
        assert HYPHEN.findall(text) == [], view
        assert SMALL.findall(text) == [], view
