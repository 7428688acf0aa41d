"""Links: what the address says is restored, and what makes no sense is told in one sentence."""

from pathlib import Path

import pytest

import views

COMPONENTS = Path(views.__file__).parent / "components"
ADDRESS = COMPONENTS / "address.js"
PAGE = '<div id="header"><span class="notice"></span></div>'
# The navigation without Gradio: what it asks for is opened when the test says so.
NAVIGATE = """script => {
  const element = document.createElement("div");
  element.innerHTML = "<nav></nav>";
  const props = { groups: { see: ["Maps", "Sample"], understand: ["Ledger"] }, value: {} };
  const trigger = () => { window.asked = props.value.view; };
  new Function("element", "props", "trigger", script)(element, props, trigger);
}"""
TELL = "([name, detail]) => document.dispatchEvent(new CustomEvent(name, { detail }))"
READ = """([script, key]) => {
  const { linked, readNumbers } = new Function(`${script}; return { linked, readNumbers };`)();
  return linked(key, (text) => key === "z" ? readNumbers(text, 2) : text);
}"""


@pytest.fixture(scope="module")
def read(browser, tmp_path_factory):
    """read(fragment, key): what a component finds under `key`, the notice, and the address then."""
    file = tmp_path_factory.mktemp("link") / "page.html"
    file.write_text(PAGE, encoding="utf-8")
    context = browser.new_context()

    def come(fragment, key):
        page = context.new_page()
        page.goto(f"{file.as_uri()}#{fragment}")
        found = page.evaluate(READ, [ADDRESS.read_text(encoding="utf-8"), key])
        page.wait_for_timeout(350)  # the address follows once it has been quiet
        notice = page.locator(".notice").inner_text()
        rest = page.evaluate("location.hash")
        page.close()
        return found, notice, rest

    yield come
    context.close()


@pytest.mark.parametrize(
    ("fragment", "key", "found"),
    [
        ("z=1.5,-2", "z", [1.5, -2]),
        ("z=1,2&show=holes,lattice", "show", "holes,lattice"),
        ("digit=4.abc-_", "digit", "4.abc-_"),
        ("view=Maps", "z", None),
        ("", "z", None),
    ],
)
def test_a_link_is_read(read, fragment, key, found):
    assert read(fragment, key) == (found, "", f"#{fragment}" if fragment else "")


@pytest.mark.parametrize(
    "nonsense",
    [
        *("garbage", "z=nan,nan", "z=1e400,0", "z=Infinity,0", "z=0x10,1", "z=,", "z=", "z=1,,2"),
        *("draws=-1", "draws=99999999999", "a=1,2,x", "view=../etc", "z=%00", "show=%FF"),
        *("z=<script>alert(1)</script>", "__proto__=1", "constructor=1", "toString=1"),
        *("digit=.%%%", "digit=", "digit=.", "digit=42.abc", "digit=x.abc"),
        *("digit=4." + "a" * 5000, "digit=..", "maps=ae-2,,vae-2", "z=1;2", "z=1 2"),
    ],
)
def test_a_link_with_nonsense_in_it_is_the_usual_start(read, nonsense, assert_sentence):
    # What else it says is not trusted, either.
    found, notice, rest = read(f"{nonsense}&z=1,2", "z")
    assert found is None
    assert rest == ""
    assert_sentence(notice)


@pytest.mark.parametrize("numbers", ["1", "1,2,3", "9999999,0", ",".join(["1"] * 5000)])
def test_numbers_that_are_no_place_are_forgotten(read, numbers, assert_sentence):
    found, notice, rest = read(f"z={numbers}&show=holes", "z")
    assert found is None
    assert rest == "#show=holes"
    assert_sentence(notice)


def test_a_linked_view_stays_in_the_address_until_it_opens(browser, tmp_path):
    """The page opens its first view on the way; a slow machine wrote that into the address."""
    file = tmp_path / "page.html"
    file.write_text(PAGE, encoding="utf-8")
    page = browser.new_page()
    page.goto(f"{file.as_uri()}#view=Ledger&ledger=ae-2")
    page.evaluate(
        NAVIGATE,
        ADDRESS.read_text(encoding="utf-8")
        + (COMPONENTS / "navigation.js").read_text(encoding="utf-8"),
    )

    def address_after(name, detail):
        page.evaluate(TELL, [name, detail])
        page.wait_for_timeout(350)  # the address follows once it has been quiet
        return page.evaluate("location.hash")

    assert address_after("latent-lab:view", "Maps") == "#view=Ledger&ledger=ae-2"
    assert address_after("latent-lab:digit", {}) == "#view=Ledger&ledger=ae-2"
    assert page.evaluate("window.asked") == "Ledger"
    assert address_after("latent-lab:view", "Ledger") == "#view=Ledger&ledger=ae-2"
    assert address_after("latent-lab:view", "Maps") == "#ledger=ae-2"
    page.close()
