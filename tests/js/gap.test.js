/** Gap: numbers that add up as written, and a q that a window can sum. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { COUNTS, sharesOf } from "../../views/gap/climb.js";
import { densityIn } from "../../views/kit/posterior_density.js";
import {
  elboParts,
  levels,
  roundedIdentity,
  shareWithin,
  spanOf,
  whereabouts,
} from "../../views/gap/identity.js";
import { dragged, fromNumbers, held, isAtEdge, toNumbers } from "../../views/kit/q.js";
import { sum } from "../../views/kit/numbers.js";

/** A window over a standard normal: log p(x|z) is constant, so p(z|x) is the prior. */
const flatWindow = () => {
  const [n, half] = [24, 6];
  const step = (2 * half) / n;
  const axis = Float64Array.from({ length: n }, (_, i) => -half + (i + 0.5) * step);
  const values = new Float64Array(n * n);
  return { centre: [0, 0], half, view: 3, n, step, values, axes: [axis, axis], logP: 0 };
};

test("log p(x) is ELBO plus KL to the last digit that is written", () => {
  for (let i = 0; i < 200; i++) {
    const [elbo, gap] = [-150 - Math.sin(i) * 7, Math.abs(Math.cos(3 * i)) * 4];
    const shown = roundedIdentity({ elbo, gap, logP: elbo + gap });
    assert.equal(Math.round(100 * shown.logP), Math.round(100 * (shown.elbo + shown.gap)));
  }
  const parts = String(elboParts({ reconstruction: -143.896, kl: 7.584 }, -151.48)).match(
    /[−\d.]+\d/g,
  );
  assert.deepEqual(parts, ["−143.90", "7.58"]);
});

test("samples of a set share one weight", () => {
  const logs = Float64Array.from([-700, -701, -699.5, -720]);
  const shares = sharesOf(logs, 3);
  assert.ok(Math.abs(sum(shares) - 1) < 1e-12);
  assert.ok(Math.abs(shares[0] / shares[1] - Math.E) < 1e-9);
  assert.ok(COUNTS.every((k) => 5000 % k === 0));
});

test("the posterior's share of a box", () => {
  const spots = [
    [0, 0, 0.3],
    [1, 1, 0.1],
    [5, 0, 0.6],
  ];
  assert.ok(Math.abs(shareWithin(spots, [0, 0], 2) - 0.4) < 1e-12);
  assert.match(whereabouts(0.4), /^Only 40 %/);
  assert.match(whereabouts(1), /lies in it/);
  assert.match(whereabouts(0), /not in the box/);
});

test("q stays where the window can sum it", () => {
  const window = flatWindow();
  const inside = { mu: [0.5, -0.5], sigma: [0.6, 0.7] };
  assert.deepEqual(held(inside, window), inside);
  assert.equal(isAtEdge(inside, window), false);
  const { mu, sigma } = held({ mu: [50, 0], sigma: [9, 0.001] }, window);
  assert.deepEqual(sigma, [1, 0.5]);
  assert.deepEqual(mu, [0, 0]);
  assert.equal(isAtEdge({ mu, sigma }, window), true);
  assert.deepEqual(dragged(inside, "1", [0, 0.5]).sigma, [0.6, 0.5]);
  const bounds = { most_mu: 7, least_sigma: 1e-3, most_sigma: 2 };
  const far = { mu: [1 / 3, -9], sigma: [1e-5, 0.5] };
  assert.deepEqual(fromNumbers(toNumbers(far, bounds)), {
    mu: [0.333333, -7],
    sigma: [1e-3, 0.5],
  });
});

test("the density is highest in the middle, and shown as far as the view", () => {
  const window = flatWindow();
  const { side, shares } = densityIn(window, -Math.log(2 * Math.PI), 96);
  const middle = shares[(side >> 1) * side + (side >> 1)];
  assert.equal(shares.length, side * side);
  assert.ok(middle > 0.98 && middle <= 1);
  assert.ok(Math.abs(shares[(side >> 1) * side] - Math.exp(-4.5)) < 2e-3); // 3 standard deviations
});

test("the gaps of all models stand on one scale, and a wider one says so on its axis", () => {
  const shareOf = (/** @type {number} */ gap) => {
    const bar = String(levels({ logP: -90, elbo: -90 - gap, gap }, gap));
    return Number([...bar.matchAll(/flex: ([\d.e-]+)/g)][1][1]);
  };
  for (const gap of [0.5, 4.1, 12.5, 19.9]) assert.ok(Math.abs(shareOf(gap) - gap / 20) < 1e-9);
  assert.equal(spanOf(20.1), 40);
  const bar = String(levels({ logP: -90, elbo: -115, gap: 25 }, 25));
  for (const tick of ["−40 nats", "−30", "−20", "−10", "log p(x)"])
    assert.ok(bar.includes(`>${tick}<`));
});
