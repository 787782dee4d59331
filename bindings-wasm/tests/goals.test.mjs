import assert from "node:assert/strict";
import { test } from "node:test";
import { CpcfitError, DataError, DocumentError, Framework } from "cpcfit";
import { hotline } from "./fixtures.mjs";

const values = { connect_rate: 85, queue_time: 35 };

test("goals say what each indicator must reach alone", () => {
  const framework = Framework.parse(hotline());
  const goals = framework.reach(values, 65);
  assert.deepEqual(goals, [
    { id: "connect_rate", direction: "higher", unit: "%", present: 85, value: 87.5, score: 70 },
    { id: "queue_time", direction: "lower", unit: "s", present: 35, value: 20, score: 80 },
  ]);
  for (const { id, value } of goals) assert.equal(framework.score({ ...values, [id]: value }).score, 65);
  const found = (goals) => goals.map(({ value }) => value);
  assert.deepEqual(found(framework.reach(values, 50)), [85, 35], "what is reached stays");
  assert.deepEqual(found(framework.reach(values, 80)), [92.5, null]);
  assert.equal(framework.reach({ connect_rate: 85 }, 50)[1].present, null);
});

test("an object draws level with its rival", () => {
  const framework = Framework.parse(hotline());
  assert.deepEqual(framework.overtake(values, { connect_rate: 87.5, queue_time: 35 }), framework.reach(values, 65));
});

test("a rival without a score sets no goal", () => {
  const document = hotline();
  document.indicators.connect_rate.missing = "skip";
  const goals = Framework.parse(document).overtake(values, { connect_rate: null });
  assert.deepEqual(
    goals.map(({ present, value, score }) => [present, value, score]),
    [
      [85, null, null],
      [35, null, null],
    ],
  );
});

test("a difference is split into data, weights and baselines", () => {
  const framework = Framework.parse(hotline());
  const later = { connect_rate: 87.5, queue_time: 20 };
  assert.deepEqual(framework.difference(values, later), {
    before: 57.5,
    after: 72.5,
    data: 15,
    weights: 0,
    baselines: 0,
    indicators: [
      { id: "connect_rate", data: 7.5, weights: 0, baselines: 0 },
      { id: "queue_time", data: 7.5, weights: 0, baselines: 0 },
    ],
  });
  const document = hotline();
  document.indicators.queue_time.normalise.goalposts.worst = 110;
  document.indicators.connect_rate.weight = 1;
  const { before, after, data, weights, baselines, indicators } = framework.difference(values, later, {
    framework: Framework.parse(document),
  });
  assert.deepEqual([before, after], [57.5, 80]);
  assert.ok(Math.abs(data + weights + baselines - 22.5) < 1e-12);
  assert.ok(baselines > 0 && indicators[0].baselines === 0 && indicators[0].weights < 0);
});

test("there is no difference without two scores", () => {
  const document = hotline();
  document.indicators.connect_rate.missing = "skip";
  const framework = Framework.parse(document);
  assert.equal(framework.difference(values, {}), null);
});

test("what cannot be scored has neither goals nor a difference", () => {
  const framework = Framework.parse(hotline());
  const bad = { connect_rate: "many", queue_time: 35 };
  for (const work of [
    () => framework.reach(bad, 50),
    () => framework.overtake(values, bad),
    () => framework.difference(values, bad),
  ]) {
    assert.throws(work, (error) => error instanceof DataError && error.path === "connect_rate");
  }
  const narrow = Framework.parse(hotline({ scale: { min: 0, max: 10 } }));
  assert.throws(() => framework.difference(values, values, { framework: narrow }), { code: "scoring.bad_scale" });
  const document = hotline();
  document.indicators.queue_time.normalise = { from_data: "min_max" };
  const open = Framework.parse(document);
  for (const work of [
    () => open.reach(values, 50),
    () => open.overtake(values, values),
    () => framework.difference(values, values, { framework: open }),
  ]) {
    assert.throws(work, (error) => error instanceof DocumentError && error.code === "scoring.not_fitted");
  }
});

test("what was freed has no goals", () => {
  const framework = Framework.parse(hotline());
  const freed = Framework.parse(hotline());
  freed.free();
  for (const work of [
    () => freed.reach(values, 50),
    () => freed.overtake(values, values),
    () => freed.difference(values, values),
    () => framework.difference(values, values, { framework: freed }),
  ]) {
    assert.throws(work, (error) => error instanceof CpcfitError && error.code === "wasm.freed");
  }
  assert.equal(framework.score(values).score, 57.5);
});
