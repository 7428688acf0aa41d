"""The Machine: what it draws is what torch computes, and it leads into every view and back."""

import math

import numpy as np
import pytest
import torch
from playwright.sync_api import expect

from explore import latent, machine
from figures import to_bytes
from models.distributions import kl_to_standard_normal
from views import GROUPS
from views.machine.machine import DOORS

from .visitor import PHONE

MINUS = "\N{MINUS SIGN}"
LEFT, RIGHT = ".pad .picture", ".drawn"


def chosen(visitor):
    """The digit that the page holds, as a picture [1, 28, 28] in [0, 1]."""
    return torch.from_numpy(visitor.followed).float() / 255


def picture(visitor, selector):
    return visitor.pixels(visitor.panel.locator(selector))[..., 0].astype(int)


def numbers(visitor):
    """The code as it is written, without the symbols."""
    texts = visitor.panel.locator(".numbers span").all_inner_texts()
    return [float(text.split()[-1].replace(MINUS, "-")) for text in texts]


def choose(visitor, family, size="2 numbers"):
    visitor.pick(family)
    visitor.pick(size)
    expect(visitor.panel.locator(".stage")).to_have_attribute("data-state", "rest")


def assert_draws(visitor, model, z):
    """The output is what torch decodes, to one grey level: the network is in half precision."""
    want = to_bytes(latent.decode(model, torch.tensor([z]))[0, 0].numpy()).astype(int)
    visitor.until(lambda: np.abs(picture(visitor, RIGHT) - want).max() <= 1, f"z = {z} is drawn")


@pytest.mark.parametrize("family", ["ae", "vae"])
@pytest.mark.parametrize("size", [2, 16])
def test_the_digit_goes_through_the_chosen_network(visitor, lab, family, size):
    choose(visitor, family.upper(), f"{size} numbers")
    x, model = chosen(visitor), lab.entry(f"{family}-{size}").model
    entered = (x[0] * 255).round().numpy().astype(int)
    assert np.array_equal(picture(visitor, LEFT), entered)
    assert_draws(visitor, model, latent.encode(model, x).tolist())


def test_the_page_opens_with_the_digit_on_its_way(visit):
    visitor = visit(arrives=False)
    stage = visitor.page.locator(".machine .stage")
    expect(stage).to_have_attribute("data-state", "moving")
    expect(stage).to_have_attribute("data-state", "rest")


def test_who_wants_less_motion_finds_the_digit_there(visit):
    visitor = visit(arrives=False, reduced_motion="reduce")
    visitor.page.evaluate("""() => {
      window.states = new Set();
      const note = () => {
        const stage = document.querySelector(".machine .stage");
        if (stage) window.states.add(stage.dataset.state);
        requestAnimationFrame(note);
      };
      note();
    }""")
    expect(visitor.page.locator(".machine .stage")).to_have_attribute("data-state", "rest")
    assert "moving" not in visitor.page.evaluate("[...window.states]")


def test_the_point_is_dragged_and_the_picture_follows_without_a_request(visitor, lab):
    choose(visitor, "VAE")
    plot = visitor.panel.locator(".plot")
    asked = visitor.settle()
    box = plot.bounding_box()
    mouse = visitor.page.mouse
    mouse.move(box["x"] + 150, box["y"] + 200)
    mouse.down()
    for step in range(10):
        mouse.move(box["x"] + 150 + 5 * step, box["y"] + 200 - 6 * step)
    mouse.up()
    link = visitor.copied_link()
    z = [float(v) for v in link.split("machine.z=")[1].split("&")[0].split(",")]
    assert_draws(visitor, lab.entry("vae-2").model, z)
    assert visitor.settle() == asked
    visitor.press("Back to the digit")
    x, model = chosen(visitor), lab.entry("vae-2").model
    assert_draws(visitor, model, latent.encode(model, x).tolist())


def test_a_mouse_that_passes_over_the_map_only_looks(visitor):
    plot, before = visitor.panel.locator(".plot"), picture(visitor, RIGHT)
    plot.hover(position={"x": 90, "y": 90})
    visitor.until(lambda: (picture(visitor, RIGHT) != before).any(), "another picture")
    visitor.page.mouse.move(0, 0)
    visitor.until(lambda: (picture(visitor, RIGHT) == before).all(), "the digit's again")


def test_the_code_is_moved_by_keys_and_by_its_sliders(visitor, lab):
    before = picture(visitor, RIGHT)
    visitor.panel.locator(".plot").press("Shift+ArrowRight")
    visitor.until(lambda: (picture(visitor, RIGHT) != before).any(), "another picture")
    choose(visitor, "VAE", "16 numbers")
    x, model = chosen(visitor), lab.entry("vae-16").model
    slider = visitor.panel.get_by_label("z 3", exact=True)
    slider.press("Home")
    z = latent.encode(model, x).tolist()
    z[2] = float(slider.input_value())
    assert_draws(visitor, model, z)


def test_the_numbers_of_the_code_follow_the_point(visitor):
    before = visitor.until(lambda: numbers(visitor), "the digit's numbers")
    plot = visitor.panel.locator(".plot")
    plot.click(position={"x": 90, "y": 90})
    visitor.page.mouse.move(0, 0)
    visitor.until(lambda: numbers(visitor) != before, "other numbers")
    expect(visitor.panel.locator(".cost")).to_contain_text("you have moved the code")
    visitor.press("Back to the digit")
    visitor.until(lambda: numbers(visitor) == before, "the digit's again")


def test_back_from_sixteen_numbers_to_two(visitor, lab):
    choose(visitor, "AE", "16 numbers")
    choose(visitor, "AE", "2 numbers")
    x, model = chosen(visitor), lab.entry("ae-2").model
    assert_draws(visitor, model, latent.encode(model, x).tolist())
    assert visitor.panel.locator(".dials input").count() == 0


def test_a_vae_splits_the_code_and_lets_epsilon_in(visitor, lab):
    choose(visitor, "VAE")
    x, model = chosen(visitor), lab.entry("vae-2").model
    with torch.no_grad():
        q = model.encode(x.unsqueeze(0))
    written = numbers(visitor)
    expected = [*q.mean[0].tolist(), *q.variance[0].sqrt().tolist(), 0, 0]
    assert written == pytest.approx(expected, abs=0.011)
    kl = kl_to_standard_normal(q).sum().item()
    expect(visitor.panel.locator(".captions")).to_contain_text(f"= {kl:.1f} nats")
    visitor.press("Draw ε")
    visitor.until(lambda: any(numbers(visitor)[4:]), "epsilon is drawn")
    mu, sigma, epsilon = q.mean[0], q.variance[0].sqrt(), torch.tensor(numbers(visitor)[4:])
    expect(visitor.panel.locator(".captions")).to_contain_text("z = μ + σ ε")
    visitor.press("ε = 0")
    assert numbers(visitor)[4:] == [0, 0]
    assert math.isfinite((mu + sigma * epsilon).sum())


def test_a_denoising_autoencoder_has_a_gate_of_noise_and_a_clean_target(visitor, lab):
    assert visitor.panel.locator(".damaged").is_hidden()
    choose(visitor, "DAE")
    x, model = chosen(visitor), lab.entry("dae-2").model
    damaged = torch.from_numpy(picture(visitor, ".damaged")).float()[None] / 255
    kept = damaged == x
    assert 0.3 < (damaged[x > 0] == 0).float().mean() < 0.7  # v = 0.5 of some 150 pixels
    assert ((damaged == 0) | kept).all()
    z = latent.encode(model, damaged)
    assert_draws(visitor, model, z.tolist())
    error = ((x - latent.decode(model, z[None])[0]) ** 2).sum().item()
    cost = visitor.panel.locator(".cost")
    expect(cost).to_contain_text("the digit without noise")
    expect(cost).to_contain_text(f"= {error:.1f}")


def test_drawing_on_the_input_moves_the_whole_network(visitor, lab):
    ink = visitor.panel.locator(".pad .ink")
    box = ink.bounding_box()
    mouse = visitor.page.mouse
    mouse.move(box["x"] + box["width"] / 2, box["y"] + 20)
    mouse.down()
    for step in range(8):
        mouse.move(box["x"] + box["width"] / 2, box["y"] + 20 + step * box["height"] / 12)
    mouse.up()
    visitor.settle()
    x, model = chosen(visitor), lab.entry("ae-2").model
    assert x.sum() > 10
    assert_draws(visitor, model, latent.encode(model, x).tolist())
    # Elsewhere the digit that was drawn here is the chosen one.
    visitor.open("reconstruct")
    shown = visitor.pixels(visitor.rail.locator("canvas.picture"))[..., 0]
    assert np.array_equal(shown, (x[0] * 255).round().numpy())


@pytest.mark.parametrize("half", ["encoder", "decoder"])
def test_a_layer_tells_its_size_its_weights_and_its_pytorch(visitor, lab, half):
    model = lab.entry("ae-2").model
    stages = {
        "encoder": machine.stages(model.encoder, model.x_shape),
        "decoder": machine.stages(model.decoder, (2,)),
    }[half]
    about = visitor.panel.locator(".about")
    for number, stage in enumerate(stages[:-1], 1):
        visitor.panel.get_by_role("button", name=f"Layer {number} of the {half},").hover()
        expect(about).to_contain_text(f"made with {stage.weights:,} weights")
        expect(about.locator("pre")).to_have_text("\n".join(stage.lines))
    visitor.page.mouse.move(0, 0)
    expect(about).to_be_hidden()


def test_a_number_of_a_layer_is_the_networks_own(visitor, lab):
    model, x = lab.entry("ae-2").model, chosen(visitor)
    layer = visitor.panel.get_by_role("button", name="Layer 2 of the encoder,")
    activations = machine.encoder_activity(model, x)[1].activations
    unit = int(activations[:20].argmax())
    layer.focus()
    for _ in range(unit):
        layer.press("ArrowRight")
    written = f"Number {unit + 1} is {activations[unit].item():.2f}."
    expect(visitor.panel.locator(".about")).to_contain_text(written)
    expect(visitor.panel.locator(".spoken")).to_contain_text(written)


def test_what_a_first_unit_looks_for_is_its_weights(visitor, lab):
    weight = lab.entry("ae-2").model.encoder[1].weight[0].detach().abs().max().item()
    layer = visitor.panel.get_by_role("button", name="Layer 1 of the encoder,")
    layer.focus()
    layer.press("ArrowRight")
    layer.press("ArrowLeft")
    about = visitor.panel.locator(".about")
    expect(about).to_contain_text("What it looks for")
    expect(about).to_contain_text(f"±{float(format(weight, '.2g')):g}.")


def test_what_a_number_of_the_decoder_draws_is_the_difference_it_makes(visitor, lab):
    model, x = lab.entry("ae-2").model, chosen(visitor)
    with torch.no_grad():
        hidden = model.decoder[:2](model.encode(x[None]).mean)
        raised = hidden.clone()
        raised[0, 0] += 1
        change = torch.sigmoid(model.decoder[2:](raised)) - torch.sigmoid(model.decoder[2:](hidden))
    most = change.abs().max().item()
    visitor.panel.get_by_role("button", name="Layer 1 of the decoder,").focus()
    visitor.page.keyboard.press("ArrowRight")
    visitor.page.keyboard.press("ArrowLeft")
    written = f"full colour: ±{float(format(most, '.2g')):g}."
    expect(visitor.panel.locator(".about .scale")).to_contain_text(written)


def test_every_view_opens_from_its_part_and_returns(visitor):
    views = [view for names in GROUPS.values() for view in names]
    found = visitor.page.locator(".machine .list a").evaluate_all(
        "links => links.map((link) => link.dataset.view)"
    )
    assert sorted(found) == sorted(views)
    for names in DOORS.values():
        name = names[0]
        link = visitor.page.locator(f'.machine .list a[data-view="{name}"]')
        own = visitor.page.locator(f'[data-view="{name}"]')
        door = visitor.page.locator(".machine .door").filter(has=own)
        if not door.is_visible():  # the gate of noise stands in the denoising autoencoder only
            choose(visitor, "DAE")
        door.get_by_role("button").click()
        link.click()
        visitor.expect_open(name)
        visitor.open("machine")


def test_an_empty_pad_is_waited_for(visitor):
    visitor.press("Clear", within=visitor.rail)
    expect(visitor.panel.locator(".stage")).to_have_attribute("data-state", "waiting")
    expect(visitor.panel.locator(".said")).to_have_text("Draw a digit, or pick one below.")
    assert visitor.panel.locator(".numbers span:visible").count() == 0


def test_the_link_restores_the_machine(visitor, visit):
    choose(visitor, "VAE")
    visitor.panel.locator(".plot").click(position={"x": 150, "y": 120})
    friend = visit(visitor.copied_link().split("#")[1])
    friend.until(
        lambda: np.array_equal(picture(friend, RIGHT), picture(visitor, RIGHT)), "the same picture"
    )


@pytest.mark.parametrize("size", [PHONE, {"width": 1920, "height": 1080}])
def test_nothing_is_beside_the_screen(visit, size):
    visitor = visit(viewport=size)
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert visitor.page.evaluate(wide) <= 0
    parts = ".pad, .code, .drawn, .layers button"
    boxes = [each.bounding_box() for each in visitor.panel.locator(parts).all()]
    assert all(box["x"] >= 0 and box["x"] + box["width"] <= size["width"] for box in boxes)
