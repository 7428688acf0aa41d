"""From a pointer's event to changed pixels, ours beside plain Gradio, in one headless Chromium.

The alternative is the page Gradio's guide leads to: one `gr.Slider` per dimension, whose `change`
sets a `gr.Image`, over the same checkpoint. All pages run on loopback in this process.

An event comes at a random moment between two frames, as a hand's does, and counts as answered when
an animation frame first finds other pixels, as a screen would show them; with three maps, when all
three have changed. The same run weighs the page, counts what it asks of the server while hands
move, looks for growth of its memory, and goes through a lecture: from the key to the view that is
set and open.

    python -m benchmarks.page
"""

import shutil
import statistics
from dataclasses import dataclass
from pathlib import Path

import gradio as gr
import torch
from playwright.sync_api import Browser, Page, sync_playwright

import figures
from explore import latent
from models.zoo import Zoo
from views.kit import scripts
from views.kit.lab import Lab
from views.kit.samples import Samples
from views.shell.page import serve

CHECKPOINTS = Path(__file__).resolve().parent.parent / "checkpoints"
MODEL, LECTURE = "vae-16", "notes"
MOVES, DRAG_SECONDS = 100, 5
VISITORS, MANY_MOVES = 5, 10_000
BROWSERS = ("chromium", "chromium-browser", "google-chrome")

# What a hand does, by the kind of page: `at` runs from 0 up, one unit a second.
HANDS = """
  // The module that the page's own scripts share; the plain page has none.
  const kit = await import(new URL("MODULE", document.baseURI)).catch(() => null);
  const frame = () => new Promise(requestAnimationFrame);
  const wait = (ms) => new Promise((done) => setTimeout(done, ms));
  const slide = (inputs, at, step) => {
    const input = inputs[step % inputs.length];
    const [low, high] = [Number(input.min), Number(input.max)];
    input.value = low + (high - low) * (0.5 + 0.45 * Math.sin(2 * at + step));
    input.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const point = (plot, at) => {
    const box = plot.getBoundingClientRect();
    plot.dispatchEvent(new PointerEvent("pointermove", {
      pointerType: "mouse", bubbles: true,
      clientX: box.left + box.width * (0.5 + 0.4 * Math.sin(2 * at)),
      clientY: box.top + box.height * (0.5 + 0.4 * Math.sin(3.1 * at)),
    }));
  };
  const press = (handle, step) => {
    const key = step % 20 < 10 ? "ArrowRight" : "ArrowLeft";
    handle.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
  };
  // As the pad does while somebody draws: the digit of the moment, here one that walks about.
  const walking = (digit) => (at) => {
    const [dx, dy] = [Math.round(4 * Math.sin(5 * at)), Math.round(4 * Math.sin(7 * at))];
    const pixels = Uint8ClampedArray.from(digit, (_, i) => {
      const [x, y] = [(i % 28) - dx, Math.floor(i / 28) - dy];
      return x >= 0 && x < 28 && y >= 0 && y < 28 ? digit[28 * y + x] : 0;
    });
    kit.chosenDigit.value = { pixels, shape: [1, 28, 28], label: "", live: true, opening: false };
  };
  let pressed = 0;
  const handOf = (selector) => {
    if (selector === "digit") return walking(kit.chosenDigit.value.pixels);
    const found = [...document.querySelectorAll(selector)];
    if (found[0].matches("[role=slider]")) return () => press(found[0], pressed++);
    const slides = found[0].matches("input");
    return (at, step) => (slides ? slide(found, at, step) : point(found[0], at));
  };
""".replace("MODULE", scripts.address("kit/page.js"))
LOOK = """
  const sheet = Object.assign(document.createElement("canvas"), { width: 28, height: 28 });
  const pen = sheet.getContext("2d", { willReadFrequently: true });
  const look = () => [...document.querySelectorAll(pictures)].map((shown) => {
    if (shown.tagName === "IMG" && !shown.complete) return null;
    if (!["IMG", "CANVAS"].includes(shown.tagName)) return shown.textContent;
    pen.drawImage(shown, 0, 0, 28, 28);
    return pen.getImageData(0, 0, 28, 28).data.join();
  });
  const changed = (now, before) =>
    now.length > 0 && now.every((v, i) => v !== null && v !== before[i]);
"""
MEASURE = f"""
async ([handle, pictures, moves, seconds]) => {{
  {HANDS} {LOOK}
  const hand = handOf(handle);
  const times = [];
  for (let i = 0; i < moves; i++) {{
    await wait(60 + 17 * Math.random());
    const before = look();
    const started = performance.now();
    hand(0.37 * i, i);
    while (performance.now() - started < 3000) {{
      await frame();
      if (changed(look(), before)) break;
    }}
    times.push(performance.now() - started);
  }}
  let last = look(), frames = 0;
  const started = performance.now();
  while (performance.now() - started < seconds * 1000) {{
    hand((performance.now() - started) / 1000, 0);
    await frame();
    const now = look();
    if (changed(now, last)) {{ frames += 1; last = now; }}
  }}
  return {{ times, fps: frames / seconds }};
}}
"""
MOVE_MANY = f"""
async ([handle, moves]) => {{
  {HANDS}
  const hand = handOf(handle);
  for (let i = 0; i < moves; i++) {{ hand(0.01 * i, i); if (i % 10 === 9) await frame(); }}
  await wait(500);
}}
"""
ALIVE = """
() => {
  const drawn = document.querySelector(".machine .stage[data-state=rest] .drawn");
  const pixels = drawn?.getContext("2d").getImageData(0, 0, 28, 28).data ?? [];
  return pixels.some((v, i) => i % 4 < 3 && v > 0);
}
"""
SLIDES = """
async () => {
  const frame = () => new Promise(requestAnimationFrame);
  const wait = (ms) => new Promise((done) => setTimeout(done, ms));
  const slide = document.querySelector(".slide");
  const count = Number(document.querySelector(".lecture-bar .count").textContent.split(" ").at(-1));
  const press = () => dispatchEvent(new KeyboardEvent("keydown", { key: "PageDown" }));
  const times = [];
  for (let next = 2; next <= count; next += 1) {
    await wait(800);
    if (slide.querySelector(".why[hidden]")) press();
    const started = performance.now();
    press();
    while (slide.dataset.shown !== String(next)) await frame();
    await frame();
    times.push(performance.now() - started);
  }
  return times;
}
"""
MOVING = """
() => {
  const state = document.querySelector(".machine .stage")?.dataset.state;
  return state === "moving" || state === "rest";
}
"""


@dataclass(frozen=True)
class Way:
    """One page to be measured: what the hand moves, and which pictures or numbers must change."""

    name: str
    url: str
    handle: str
    pictures: str
    view: str | None = None


def plain_page(zoo: Zoo) -> gr.Blocks:
    """Sliders and an image, wired as the guide does."""
    model = zoo[MODEL].model

    def decode(*z: float):
        code = torch.tensor([[float(v) for v in z]])
        picture = figures.grey(latent.decode(model, code)[0].numpy())
        return figures.enlarged(picture, 10)

    with gr.Blocks(analytics_enabled=False) as blocks:
        sliders = [gr.Slider(-3, 3, 0, step=0.01) for _ in range(model.latent)]
        image = gr.Image(elem_id="picture")
        for slider in sliders:
            slider.change(decode, sliders, image)
        blocks.load(decode, sliders, image)
    return blocks


def empty_page() -> gr.Blocks:
    """What Gradio itself loads."""
    with gr.Blocks(analytics_enabled=False) as blocks:
        gr.HTML("nothing")
    return blocks


def arrive(page: Page, way: Way) -> None:
    """Open the page of one way, and wait until its pictures are there."""
    page.goto(way.url)
    if way.view:
        page.get_by_role("button", name="All views").click()
        page.locator(f'#index a[data-view="{way.view}"]').click()
    page.wait_for_selector(way.pictures.split(",")[0])
    page.wait_for_timeout(3_000)


def weigh(browser: Browser, url: str, done: str) -> tuple[int, float]:
    """(bytes on the wire, seconds from navigation) until `done` holds, with nothing cached."""
    page = browser.new_context(viewport={"width": 1366, "height": 768}).new_page()
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    received: list[float] = []
    session.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
    page.goto(url, wait_until="commit")
    page.wait_for_function(done)
    seconds = page.evaluate("performance.now() / 1000")
    page.wait_for_timeout(3_000)
    page.context.close()
    return int(sum(received)), seconds


def latency(browser: Browser, way: Way) -> dict:
    """What MEASURE finds of one way in a new window."""
    page = browser.new_context(viewport={"width": 1366, "height": 768}).new_page()
    arrive(page, way)
    found = page.evaluate(MEASURE, [way.handle, way.pictures, MOVES, DRAG_SECONDS])
    page.context.close()
    return found


def requests_while_moving(browser: Browser, way: Way) -> int:
    """How many requests VISITORS pages make, all moved through MANY_MOVES places in all."""
    pages = [browser.new_context().new_page() for _ in range(VISITORS)]
    for page in pages:
        arrive(page, way)
    asked: list[str] = []
    for page in pages:
        page.on("request", lambda request: asked.append(request.url))
    for page in pages:
        page.evaluate(MOVE_MANY, [way.handle, MANY_MOVES // VISITORS])
    for page in pages:
        page.context.close()
    return len(asked)


def slide_changes(browser: Browser, url: str, lecture: str) -> list[float]:
    """Milliseconds from the key to each slide of a lecture with its view set and open."""
    page = browser.new_context(viewport={"width": 1366, "height": 768}).new_page()
    page.goto(f"{url}#lecture={lecture}")
    page.wait_for_selector(".slide[data-shown='1']")
    page.wait_for_timeout(3_000)
    times = page.evaluate(SLIDES)
    page.context.close()
    return sorted(times)


def growth(browser: Browser, way: Way) -> float:
    """Megabytes of JavaScript heap that MANY_MOVES moves leave behind, after a collection."""
    page = browser.new_page()
    arrive(page, way)
    session = page.context.new_cdp_session(page)

    def heap() -> float:
        session.send("HeapProfiler.collectGarbage")
        return session.send("Runtime.getHeapUsage")["usedSize"] / 2**20

    page.evaluate(MOVE_MANY, [way.handle, 500])  # compiled, and every buffer made
    before = heap()
    page.evaluate(MOVE_MANY, [way.handle, MANY_MOVES])
    after = heap()
    page.close()
    return after - before


def report(name: str, found: dict, baseline: list[float]) -> list[float]:
    """Print one line; the spread of the ratio is that of the quartiles of both."""
    times = sorted(found["times"])
    median, p95 = statistics.median(times), times[int(0.95 * len(times)) - 1]
    line = f"{name:34} median {median:6.1f} ms  p95 {p95:6.1f} ms  {found['fps']:5.1f} frames/s"
    if baseline:
        slow, fast = (statistics.quantiles(values, n=4) for values in (baseline, times))
        ratio = statistics.median(baseline) / median
        line += f"  {ratio:.1f} times shorter ({slow[0] / fast[2]:.1f} to {slow[2] / fast[0]:.1f})"
    print(line)
    return times


def main() -> None:
    """Serve the pages, measure them in turn, and print what was found."""
    zoo = Zoo(CHECKPOINTS)
    quiet = {"prevent_thread_lock": True, "quiet": True, "server_name": "127.0.0.1"}
    _, ours, _ = serve(Lab(zoo, Samples()), **quiet)
    _, plain, _ = plain_page(zoo).launch(**quiet)
    _, empty, _ = empty_page().launch(**quiet)
    ways = [
        Way("gr.Slider.change -> gr.Image", plain, "input[type=range]", "#picture img"),
        Way("our sliders", ours, ".dimension input", ".latent-sliders .picture", "sliders"),
        Way("our three maps", ours, ".plot", ".latent-map .map:not([hidden]) .picture", "maps"),
        Way("ledger, a dimension", ours, ".loss-ledger .mu", ".loss-ledger .picture", "ledger"),
        Way("gap, q", ours, ".true-posterior .handle.mean", ".elbo-value", "gap"),
        Way("gap, the digit", ours, "digit", ".true-posterior .log-p", "gap"),
    ]
    machine, maps = ways[2], ways[4]
    executable = next(filter(None, map(shutil.which, BROWSERS)), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable, args=["--no-sandbox", "--disable-gpu"]
        )
        print(f"{MODEL} and the 2-D models; {MOVES} moves, then a {DRAG_SECONDS} s drag; loopback")
        baseline: list[float] = []
        for way in ways:
            times = report(way.name, latency(browser, way), baseline)
            baseline = baseline or times
        nothing, _ = weigh(browser, empty, "document.body.innerText.includes('nothing')")
        weight, moving = weigh(browser, ours, MOVING)
        _, alive = weigh(browser, ours, ALIVE)
        print(
            f"first view {(weight - nothing) / 1e6:.2f} MB beyond an empty Gradio page's "
            f"{nothing / 1e6:.2f} MB; the digit sets out {moving:.2f} s after opening and is drawn "
            f"again after {alive:.2f} s"
        )
        times = slide_changes(browser, ours, LECTURE)
        print(
            f"{len(times)} slide changes of {LECTURE}: median {statistics.median(times):.0f} ms, "
            f"p95 {times[int(0.95 * len(times)) - 1]:.0f} ms, longest {times[-1]:.0f} ms"
        )
        for way in (machine, maps):
            asked = requests_while_moving(browser, way)
            grown = growth(browser, way)
            print(f"{way.name}: {VISITORS} visitors, {MANY_MOVES} moves: {asked} requests")
            print(f"{way.name}: memory after {MANY_MOVES} moves: {grown:+.2f} MB")
        browser.close()


if __name__ == "__main__":
    main()
