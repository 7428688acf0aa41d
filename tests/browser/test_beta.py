"""Beta: map, pictures and numbers are those of the network that the slider stands at."""

import re

import numpy as np
import torch
from playwright.sync_api import expect

from explore import latent
from figures import to_bytes
from models.beta import beta_of
from views.beta import beta

DRAWS = """seed => {
  const uniforms = s => () => {
    s = (s + 0x6d2b79f5) | 0;
    let t = Math.imul(s ^ (s >>> 15), 1 | s);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const next = uniforms(seed);
  return Array.from({ length: 20 }, () => {
    const r = Math.sqrt(-2 * Math.log(1 - next())), angle = 2 * Math.PI * next();
    return [r * Math.cos(angle), r * Math.sin(angle)];
  });
}"""


def named_as_the_network_does(stop, draws):
    """Codes [N, 2] as the map shows them, with the axes that the network learned."""
    z = torch.zeros_like(draws)
    for shown, axis in enumerate(stop.axes):
        z[:, axis.number] = axis.sign * draws[:, shown]
    return z


def agrees(visitor, entry, stop, draws):
    """Do all pictures show what torch makes of the draws and of the digit?"""
    x = torch.tensor(visitor.digit[None] / 255, dtype=torch.float32)
    codes = torch.cat([named_as_the_network_does(stop, draws), latent.encode(entry.model, x)[None]])
    wanted = to_bytes(latent.decode(entry.model, codes)[:, 0].numpy()).astype(int)
    tiles = visitor.panel.locator(".draws canvas, canvas.reconstruction").all()
    shown = np.stack([visitor.pixels(tile)[..., 0] for tile in tiles]).astype(int)
    return np.abs(shown - wanted).max() <= 1


def test_one_slider_moves_map_pictures_and_curve(visit, lab):
    entries = beta.shown(lab)
    stops = beta.stops_of(lab, entries)
    visitor = visit(fragment=f"view=beta&beta.beta={stops[1].beta:g}&beta.seed=3")
    panel = visitor.panel
    draws = torch.tensor(visitor.page.evaluate(DRAWS, 3), dtype=torch.float32)
    scrubber = panel.locator(".beta-scrubber[data-still]")

    def check(i):
        entry = entries[i]
        expect(scrubber).to_have_attribute("data-still", entry.card.name)
        visitor.until(lambda: agrees(visitor, entry, stops[i], draws), "torch agrees")
        rate, distortion = beta.point_of(entry)
        said = panel.locator(".caption").inner_text()
        assert entry.card.name in said
        numbers = [float(n.replace("\u2212", "-")) for n in re.findall(r"= (\u2212?\d+\.\d)", said)]
        assert np.abs(np.subtract(numbers, (rate, distortion, -rate - distortion))).max() < 0.11
        assert round(numbers[0] + numbers[1] + numbers[2], 6) == 0
        return panel.locator(".here").get_attribute("cx")

    places = [check(1)]
    ground = panel.locator("canvas.ground").evaluate("c => c.toDataURL()")
    slider = panel.get_by_label("Beta, the weight of the KL")
    slider.focus()
    visitor.page.keyboard.press("End")
    places.append(check(len(stops) - 1))
    assert panel.locator("canvas.ground").evaluate("c => c.toDataURL()") != ground
    assert places[0] != places[1]
    last = f"beta.beta={stops[-1].beta:g}&beta.seed=3"
    visitor.until(lambda: last in visitor.page.url, "the address follows")
    visitor.sample(7, row=1)
    check(len(stops) - 1)


def test_a_digit_that_no_answer_came_for_leaves_nothing_of_the_one_before(visit, lab):
    visitor = visit(fragment="view=beta")
    panel = visitor.panel
    lead = beta.lead_of(beta.shown(lab))
    told = f"β = 1, by {lead.nats:.2f} nats over β = 2, {lead.sure}."
    expect(panel.locator(".words")).to_contain_text(told)
    expect(panel.locator(".yours")).to_contain_text("nats")
    visitor.forgiven = "net::ERR_FAILED"
    visitor.page.route("**/ask/**", lambda route: route.abort())
    visitor.sample(7, row=1)
    expect(panel.locator(".said")).to_contain_text("The server does not answer")
    expect(panel.locator(".yours")).to_have_text("")
    assert visitor.pixels(panel.locator("canvas.reconstruction"))[..., :3].max() == 0


def test_the_classes_drawn_are_counted_as_in_sample_and_maps(visit, lab):
    known = {beta_of(e.card.config): e.card.metrics for e in beta.shown(lab)}
    told = {beta: f"{m['effective classes'].value:.1f}" for beta, m in known.items()}
    panel = visit(fragment="view=beta&beta.beta=0").panel
    expect(panel.locator(".judged")).to_contain_text(f"eH {told[0]} of 10.0 classes")
    expect(panel.locator(".words")).to_contain_text(f"{told[0]} classes against {told[1]} at β = 1")
