"""The view of few labels: both posteriors, and the digit as every class explains it."""

import numpy as np
import torch
from playwright.sync_api import expect

from explore import few_labels
from figures import to_bytes
from views.few_labels import few_labels as view
from views.kit.pictures import Picture, read_picture
from views.shell.digit_input import Nothing, sample_digits

VERDICTS = {  # by whether M2 and whether labels alone are right
    (True, True): "both are right.",
    (True, False): "M2 is right, labels alone are wrong.",
    (False, True): "labels alone are right, M2 is wrong, against the average.",
    (False, False): "both are wrong.",
}


def test_the_bars_and_pictures_are_what_torch_says(visit, lab):
    pairs = view.shown(lab)
    visitor = visit(fragment="view=few_labels")
    panel = visitor.panel

    def posterior(method):
        text = panel.locator(f".row[data-row={method}]").get_attribute("data-posterior")
        return text and np.array([float(v) for v in text.split(",")])

    def check_verdict(labels, reads):
        """The average from the cards, and whether this digit, a sample, follows it."""
        names = pairs[labels]
        errors = [100 * (1 - lab.entry(n).card.metrics["accuracy"].value) for n in names]
        y = int(visitor.rail.locator(".said").inner_text().split()[1].strip(","))
        said = panel.locator(".verdict").inner_text()
        average = f"M2 misreads {errors[0]:.1f} %, labels alone {errors[1]:.1f} %. This {y}: "
        assert average in said
        assert said.endswith(VERDICTS[reads[0] == y, reads[1] == y])
        row = panel.locator(".errors tr.now td").all_inner_texts()
        assert [float(v) for v in row[3:]] == [*few_labels.PUBLISHED[labels].values()]

    def check(labels):
        shown = panel.locator(f"[data-shown='{labels}']").first
        shown.wait_for(state="attached")
        visitor.settle()
        x = torch.tensor(visitor.followed, dtype=torch.float32) / 255
        models = [lab.entry(name).model for name in pairs[labels]]
        for method, model in zip(("m2", "alone"), models, strict=True):
            wanted = few_labels.posterior(model, x).numpy()
            np.testing.assert_allclose(posterior(method), wanted, atol=0.01)
            verdict = panel.locator(f".row[data-row={method}] .reads b").inner_text()
            assert int(verdict) == wanted.argmax()
        check_verdict(labels, [int(few_labels.posterior(m, x).argmax()) for m in models])
        found = few_labels.explain(models[0], x)
        for row in ("styled", "fitted"):
            canvases = panel.locator(f".row[data-row={row}] canvas")
            for y in (0, 9):
                drawn = visitor.pixels(canvases.nth(y))[..., 0].astype(int)
                assert np.abs(drawn - to_bytes(getattr(found, row)[y, 0].numpy())).max() <= 1
        nats = panel.locator(".row[data-row=fitted] .nats").all_inner_texts()
        written = [int(text.replace("\u2212", "-")) for text in nats]
        assert np.abs(np.array(written) - found.bounds.numpy()).max() <= 0.51

    check(next(iter(pairs)))
    # A digit for every verdict that the samples hold, at the fewest labels.
    few = [lab.entry(name).model for name in next(iter(pairs.values()))]
    found = {}
    for i, record in enumerate(sample_digits(lab, Nothing()).digits):
        x = read_picture(Picture(shape=list(lab.shape), pixels=record.pixels), lab.shape)
        right = (int(few_labels.posterior(m, x).argmax()) == i % 10 for m in few)
        found.setdefault(tuple(right), i)
    assert {(True, True), (True, False)} <= found.keys()
    for i in found.values():
        row = posterior("alone").tolist()
        visitor.sample(i % 10, row=i // 10)
        visitor.until(lambda row=row: posterior("alone").tolist() != row, "it is read")
        check(next(iter(pairs)))
    for other in [*pairs][1:]:
        panel.get_by_text(f"{other:,}", exact=True).first.click()
        visitor.until(
            lambda other=other: f"few_labels.labels={other}" in visitor.page.url, "it follows"
        )
        check(other)


def test_a_digit_that_no_answer_came_for_leaves_nothing_of_the_one_before(visit):
    """The bars are this page's; on the server they go with the pictures."""
    visitor = visit(fragment="view=few_labels")
    panel = visitor.panel
    canvases, nats = panel.locator(".picture canvas"), panel.locator(".row[data-row=fitted] .nats")
    reads = panel.locator(".reads b")
    expect(nats.first).not_to_have_text("")
    assert visitor.pixels(canvases.first)[..., :3].max() > 0
    visitor.forgiven = "net::ERR_FAILED"
    visitor.page.route("**/ask/**", lambda route: route.abort())
    visitor.sample(7, row=3)
    expect(panel.locator(".said")).to_contain_text("The server does not answer")
    expect(nats).to_have_text([""] * 10)
    assert not any(visitor.pixels(canvas)[..., :3].any() for canvas in canvases.all())
    expect(reads).to_have_count(2)
    visitor.decode_on_server()
    expect(reads).to_have_count(0)
    expect(panel.locator(".column .share")).to_have_text([""] * 20)
