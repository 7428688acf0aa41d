"""Decoders in the page: our kernel beside ONNX Runtime Web, in one headless Chromium.

Both get the same weights in half precision; ONNX Runtime Web runs its WebAssembly build with SIMD
and one thread. Every decode is a new code handed over and a picture read back. Rounds alternate, so
that both meet the same machine.

    pip install --target FOLDER onnx onnxscript   # once; torch.onnx needs them, the app does not
    npm pack onnxruntime-web && tar -xzf onnxruntime-web-*.tgz   # makes the folder `package`
    PYTHONPATH=FOLDER python -m benchmarks.kernel package
"""

import gzip
import importlib.util
import json
import shutil
import statistics
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import torch
from playwright.sync_api import Browser, Page, sync_playwright
from torch import Tensor, nn

from models import portable
from models.base import Model
from models.zoo import Zoo

ROOT = Path(__file__).resolve().parent.parent
KIT = ROOT / "views" / "kit"
OURS = ("kernel.js", "encoding.js")  # the module, and the one that it imports
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
ORT_FILES = ("ort.wasm.min.js", "ort-wasm-simd-threaded.mjs", "ort-wasm-simd-threaded.wasm")
DECODERS = {"vae-2": ("vae-2", "ae-2", "dae-2"), "vae-16": ("vae-16", "ae-16", "dae-16")}
RUNTIMES = {"kernel.js": OURS, "onnxruntime-web": ORT_FILES}
ROUNDS, DECODES, STARTS = 12, 30, 7
CODES = 60

# Both runtimes behind one function: files to a function that makes decode(code) from a network.
RUNTIME_JS = """
const fetched = async (path) => (await fetch(path)).arrayBuffer();
const text = (bytes) => new TextDecoder().decode(bytes);
const runtimes = {
  "kernel.js": async ([kernel, encoding]) => {
    const url = (code) => URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
    const imported = url(encoding);
    const { readNetwork } = await import(url(text(kernel).replace("./encoding.js", imported)));
    return async (network) => readNetwork(network);
  },
  "onnxruntime-web": async ([script, module, wasmBinary]) => {
    const ort = new Function(text(script) + "; return ort")();
    const mjs = URL.createObjectURL(new Blob([module], { type: "text/javascript" }));
    Object.assign(ort.env.wasm, { numThreads: 1, wasmPaths: { mjs }, wasmBinary });
    return async (network) => {
      const session = await ort.InferenceSession.create(network, { executionProviders: ["wasm"] });
      return async (z) => {
        const { x } = await session.run({ z: new ort.Tensor("float32", z, [1, z.length]) });
        return x.data;
      };
    };
  },
};
"""
# From bytes in memory to the first picture: the script, the runtime, the network, one decode.
START_JS = f"""async ([name, files, network, code]) => {{
  {RUNTIME_JS}
  const bytes = await Promise.all([...files, network].map(fetched));
  const z = Float32Array.from(code);
  const started = performance.now();
  const read = await runtimes[name](bytes.slice(0, -1));
  const decode = await read(bytes.at(-1));
  await decode(z);
  return performance.now() - started;
}}"""
STEADY_JS = f"""async ([runs, codes, rounds, decodes]) => {{
  {RUNTIME_JS}
  const inputs = codes.map((code) => Float32Array.from(code));
  const made = [];
  for (const {{ name, files, networks }} of runs) {{
    const make = await runtimes[name](await Promise.all(files.map(fetched)));
    const decoders = [];
    for (const network of networks) decoders.push(await make(await fetched(network)));
    const pictures = [];
    for (const z of inputs) pictures.push([...await decoders[0](z)]);
    made.push({{ name, decoders, pictures, one: [], three: [] }});
  }}
  let next = 0;
  const clocked = async (decoders) => {{
    const z = inputs[next++ % inputs.length], started = performance.now();
    for (const decode of decoders) await decode(z);
    return performance.now() - started;
  }};
  for (let round = -2; round < rounds; round++)  // two rounds to warm up
    for (const {{ decoders, one, three }} of made) {{
      const times = {{ one: [], three: [] }};
      for (let i = 0; i < decodes; i++) times.one.push(await clocked(decoders.slice(0, 1)));
      for (let i = 0; i < decodes; i++) times.three.push(await clocked(decoders));
      if (round >= 0) one.push(times.one), three.push(times.three);
    }}
  return made.map(({{ name, one, three, pictures }}) => ({{ name, one, three, pictures }}));
}}"""


class Picture(nn.Module):
    """From codes to pictures, as one network to export."""

    def __init__(self, model: Model):
        super().__init__()
        self.model = model

    def forward(self, z: Tensor) -> Tensor:
        """Pictures [B, C, H, W] of codes z [B, D]."""
        return self.model.decode(z).mean


def onnx_file(model: Model) -> bytes:
    """The decoder for ONNX Runtime, its weights in half precision as in our file.

    A Cast follows each of them, which the runtime does once, when it loads the network.
    """
    import onnx  # pyright: ignore[reportMissingImports]  # of the extra onnx, for this alone

    network, example = Picture(model).eval(), (torch.zeros(1, model.latent),)
    program = torch.onnx.export(
        network, example, input_names=["z"], output_names=["x"], dynamo=True, verbose=False
    )
    assert program is not None  # it is with dynamo
    program.optimize()
    proto = program.model_proto
    graph = proto.graph
    for node in graph.node:
        del node.metadata_props[:]  # where in the Python source it came from
    for weight in graph.initializer:
        values = onnx.numpy_helper.to_array(weight)
        if values.dtype == "float32":
            name, half = weight.name, f"{weight.name} half"
            weight.CopyFrom(onnx.numpy_helper.from_array(values.astype("float16"), half))
            cast = onnx.helper.make_node("Cast", [half], [name], to=onnx.TensorProto.FLOAT)
            graph.node.insert(0, cast)
    return proto.SerializeToString()


def onnxruntime_files(package: Path) -> dict[str, bytes]:
    """What a page would load of ONNX Runtime Web, from its unpacked npm package."""
    try:
        return {name: (package / "dist" / name).read_bytes() for name in ORT_FILES}
    except OSError as error:
        raise SystemExit("Name the folder of the unpacked npm package onnxruntime-web.") from error


@contextmanager
def served(files: dict[str, bytes]) -> Iterator[str]:
    """An address on loopback that serves `files` and an empty page."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            content = files.get(self.path[1:], b"<!doctype html>" if self.path == "/" else None)
            self.send_response(404 if content is None else 200)
            self.send_header("Content-Type", "text/html")
            # Isolated pages may read the clock to 5 microseconds, others to 100.
            self.send_header("Cross-Origin-Opener-Policy", "same-origin")
            self.send_header("Cross-Origin-Embedder-Policy", "require-corp")
            self.end_headers()
            self.wfile.write(content or b"")

        def log_message(self, format: str, *args: Any):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()


@contextmanager
def visitor(browser: Browser, url: str) -> Iterator[Page]:
    """A page of somebody who was never here: nothing is cached, nothing compiled."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(url)
    yield page
    context.close()


@cache
def wire_size(content: bytes) -> int:
    """What a server sends: gzip at its usual level."""
    return len(gzip.compress(content, 6))


def starts(browser: Browser, url: str, decoder: str, code: list[float]) -> dict[str, list[float]]:
    """{runtime: milliseconds from bytes to the first picture}, a new visitor each time."""
    times = {runtime: [] for runtime in RUNTIMES}
    for _ in range(STARTS):
        for runtime, files in RUNTIMES.items():
            with visitor(browser, url) as page:
                question = [runtime, files, f"{runtime}/{decoder}", code]
                times[runtime].append(page.evaluate(START_JS, question))
    return times


def steady(browser: Browser, url: str, decoder: str, codes: Tensor) -> dict[str, dict]:
    """{runtime: its pictures and times}, decode by decode in alternated rounds."""
    runs = [
        {
            "name": runtime,
            "files": files,
            "networks": [f"{runtime}/{name}" for name in DECODERS[decoder]],
        }
        for runtime, files in RUNTIMES.items()
    ]
    with visitor(browser, url) as page:
        found = page.evaluate(STEADY_JS, [runs, codes.tolist(), ROUNDS, DECODES])
    return {run["name"]: run for run in found}


def median_and_p95(rounds: list[list[float]]) -> tuple[float, float]:
    """Of all times of all rounds together, in their unit."""
    times = sorted(time for times in rounds for time in times)
    return statistics.median(times), times[int(0.95 * len(times)) - 1]


def ratio(theirs: list, ours: list) -> str:
    """How many times longer theirs takes: the median over rounds, and the range."""
    mine, other = ([statistics.median(round_) for round_ in rounds] for rounds in (ours, theirs))
    ratios = [b / a for a, b in zip(mine, other, strict=True)]
    return f"{statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"


def report(browser: Browser, url: str, files: dict[str, bytes], model: Model, decoder: str):
    """Print a table of both ways with one decoder."""
    codes = 3 * torch.randn(CODES, model.latent, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        expected = model.decode(codes).mean.flatten(1)
    first = starts(browser, url, decoder, codes[0].tolist())
    found = steady(browser, url, decoder, codes)
    heads = ("code kB", "weights kB", "first ms", "median ms", "p95 ms", "three ms", "off by")
    print(f"\n{decoder:16}" + "".join(f"{head:>11}" for head in heads))
    for runtime, scripts in RUNTIMES.items():
        code = sum(wire_size(files[name]) for name in scripts) / 1e3
        weights = wire_size(files[f"{runtime}/{decoder}"]) / 1e3
        median, p95 = median_and_p95(found[runtime]["one"])
        three, _ = median_and_p95(found[runtime]["three"])
        off = 255 * (torch.tensor(found[runtime]["pictures"]) - expected).abs().max()
        print(
            f"{runtime:16}{code:11.1f}{weights:11.1f}{statistics.median(first[runtime]):11.1f}"
            f"{median:11.3f}{p95:11.3f}{three:11.3f}  {off:.0e}/255"
        )
    ours, theirs = found["kernel.js"], found["onnxruntime-web"]
    print("theirs / ours: first", ratio(*([[t] for t in first[r]] for r in reversed(RUNTIMES))))
    print("               one  ", ratio(theirs["one"], ours["one"]))
    print("               three", ratio(theirs["three"], ours["three"]))


def main(package: Path) -> None:
    """Compare both ways with every decoder; `package` is the unpacked npm package."""
    if any(importlib.util.find_spec(name) is None for name in ("onnx", "onnxscript")):
        raise SystemExit("To export networks for the comparison, pip install onnx onnxscript.")
    files = {name: (KIT / name).read_bytes() for name in OURS} | onnxruntime_files(package)
    version = json.loads((package / "package.json").read_text(encoding="utf-8"))["version"]
    torch.set_num_threads(1)
    zoo = Zoo(ROOT / "checkpoints")
    for name in [name for names in DECODERS.values() for name in names]:
        files[f"kernel.js/{name}"] = portable.decoder(zoo[name].model).content()
        files[f"onnxruntime-web/{name}"] = onnx_file(zoo[name].model)
    executable = next(filter(None, map(shutil.which, BROWSERS)), None)
    with served(files) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable, args=["--no-sandbox", "--disable-gpu"]
        )
        print(f"onnxruntime-web {version}, Chromium {browser.version}")
        print(f"{STARTS} starts, {ROUNDS} rounds of {DECODES} decodes")
        for decoder in DECODERS:
            report(browser, url, files, zoo[decoder].model, decoder)
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "package"))
