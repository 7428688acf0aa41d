"""From a slider's event to changed pixels, ours beside plain Gradio, in one headless Chromium.

The alternative is the page Gradio's guide leads to: one `gr.Slider` per dimension, whose `change`
sets a `gr.Image`, over the same checkpoint. Both pages run on loopback in this process. A change
counts when an animation frame first finds other pixels, as a screen would show them.

    python -m benchmarks.page
"""

import json
import shutil
import statistics
from pathlib import Path

import gradio as gr
import torch
from playwright.sync_api import Page, sync_playwright

import figures
from explore import latent
from models.zoo import Zoo
from views.lab import Lab
from views.page import serve
from views.samples import Samples

CHECKPOINTS = Path(__file__).resolve().parent.parent / "checkpoints"
MODEL = "vae-16"
MOVES, DRAG_SECONDS = 60, 5
BROWSERS = ("chromium", "chromium-browser", "google-chrome")

# One move: set the slider, fire the event, and wait for a frame whose picture is another one.
MEASURE = """
async ([sliders, picture, moves, seconds]) => {
  const inputs = [...document.querySelectorAll(sliders)];
  const sheet = Object.assign(document.createElement("canvas"), { width: 28, height: 28 });
  const pen = sheet.getContext("2d", { willReadFrequently: true });
  const look = () => {
    const shown = document.querySelector(picture);
    if (!shown || (shown.tagName === "IMG" && !shown.complete)) return null;
    pen.drawImage(shown, 0, 0, 28, 28);
    return pen.getImageData(0, 0, 28, 28).data.join();
  };
  const frame = () => new Promise(requestAnimationFrame);
  const move = (i) => {
    const input = inputs[i % Math.min(8, inputs.length)];
    const [low, high] = [Number(input.min), Number(input.max)];
    input.value = low + (high - low) * (0.5 + 0.45 * Math.sin(i * 1.7));
    input.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const times = [];
  for (let i = 0; i < moves; i++) {
    const before = look();
    const started = performance.now();
    move(i);
    while (performance.now() - started < 3000) {
      await frame();
      const now = look();
      if (now !== null && now !== before) break;
    }
    times.push(performance.now() - started);
    for (let k = 0; k < 6; k++) await frame();
  }
  const seen = new Set();
  const input = inputs[0];
  const [low, high] = [Number(input.min), Number(input.max)];
  const started = performance.now();
  let last = null, frames = 0;
  while (performance.now() - started < seconds * 1000) {
    const t = (performance.now() - started) / 1000;
    input.value = low + (high - low) * (0.5 + 0.5 * Math.sin(2 * t));
    input.dispatchEvent(new Event("input", { bubbles: true }));
    await frame();
    const now = look();
    if (now !== null && now !== last) { frames += 1; last = now; }
  }
  return { times, fps: frames / seconds };
}
"""


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


def measure(page: Page, url: str, sliders: str, picture: str, tab: str | None = None) -> dict:
    page.goto(url)
    if tab:
        page.get_by_role("tab", name=tab).click()
    page.wait_for_selector(picture)
    page.wait_for_timeout(2_000)
    return page.evaluate(MEASURE, [sliders, picture, MOVES, DRAG_SECONDS])


def report(name: str, found: dict) -> float:
    times = sorted(found["times"])
    median = statistics.median(times)
    p95 = times[int(0.95 * len(times)) - 1]
    print(f"{name:28} median {median:6.1f} ms  p95 {p95:6.1f} ms  {found['fps']:5.1f} frames/s")
    return median


def main() -> None:
    zoo = Zoo(CHECKPOINTS)
    quiet = {"prevent_thread_lock": True, "quiet": True, "server_name": "127.0.0.1"}
    _, ours, _ = serve(Lab(zoo, Samples()), **quiet)
    _, plain, _ = plain_page(zoo).launch(**quiet)
    executable = next(filter(None, map(shutil.which, BROWSERS)), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable, args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(viewport={"width": 1366, "height": 768})
        theirs = measure(page, plain, "input[type=range]", "#picture img")
        own = measure(
            page, ours, ".latent-sliders input[type=range]", ".latent-sliders .picture", "Sliders"
        )
        browser.close()
    print(f"{MODEL}, {MOVES} moves and a {DRAG_SECONDS} s drag at 60 events a second, loopback")
    ratio = report("gr.Slider.change -> gr.Image", theirs) / report("our sliders", own)
    print(f"median latency {ratio:.1f} times shorter")
    print(json.dumps({"plain": theirs, "ours": own}))


if __name__ == "__main__":
    main()
