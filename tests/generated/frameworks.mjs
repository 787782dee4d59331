// Draws the generated frameworks in JavaScript: `frameworks.py` line by line. tests/README.md, "The generated frameworks",
// describes the method.

import { dumpNode, dumpValue, Float, Random } from "./cases.mjs";

export const FRAMEWORKS = 500;
export const ROWS = 50;

const SCALES = [
  [0, 100],
  [0, 100],
  [0, 1],
  [-1, 1],
  [1, 5],
];
const METHODS = [
  "goalposts",
  "log",
  "benchmarks",
  "ratio",
  "target",
  "bands",
  "points",
  "logistic",
  "standard",
  "share",
];
const FROM_DATA = ["min_max", "z_score", "percentile_rank"];
const WEIGHTS_FROM_DATA = ["critic", "standard_deviation", "pca"];
const SEGMENTS = ["vip", "new", "old"];

/** The score at a percentage of the scale. */
const at = ({ low, high }, percent) => new Float(low + ((high - low) * percent) / 100);

export function draw(index) {
  const random = new Random(Math.imul(index, 0x2545f491));
  const [low, high] = random.pick(SCALES);
  const strict = low >= 0 && random.oneIn(2);
  const fitting = random.oneIn(4);
  const setting = { low, high, strict, fitting };
  const [names, children] = drawTree(random);
  const count = children.flat().filter((child) => child.startsWith("i")).length;
  const indicators = {};
  const columns = [];
  for (let number = 0; number < count; number++) {
    const [entry, marks] = drawIndicator(random, setting, number);
    indicators[`i${number}`] = entry;
    columns.push(drawValues(random, `i${number}`, marks));
    if ("compare" in entry) columns.push(drawValues(random, `c${number}`, marks));
  }
  const nodes = {};
  names.forEach((name, position) => {
    nodes[name] = drawNode(random, setting, name, children[position]);
  });
  columns.push({
    name: "segment",
    kind: "text",
    values: rows(() => drawSegment(random)),
  });
  const framework = {
    cpcfit: 1,
    kind: "framework",
    id: `f${index}`,
    version: "1",
    scale: { min: low, max: high },
    root: "root",
    segments: { field: "segment" },
    indicators,
    nodes,
  };
  return { index, fitting, framework, columns };
}

const rows = (value) => Array.from({ length: ROWS }, value);

function drawTree(random) {
  const names = ["root"];
  const groups = random.below(4);
  for (let number = 0; number < groups; number++) names.push(`n${number}`);
  const children = names.map(() => []);
  names.slice(1).forEach((name, number) => children[random.below(number + 1)].push(name));
  const count = names.length + random.below(6);
  for (let number = 0; number < count; number++) {
    const node = number < names.length ? number : random.below(names.length);
    children[node].push(`i${number}`);
  }
  for (const own of children) {
    if (random.oneIn(2)) own.reverse();
  }
  return [names, children];
}

// --- nodes ---

function drawNode(random, setting, name, children) {
  const node = { children };
  const aggregate = drawAggregate(random, setting, name, children.length);
  if (aggregate !== null) node.aggregate = aggregate;
  if (name !== "root" && random.oneIn(3)) node.weight = numberOf(random, 1 + random.below(300));
  const weights = drawWeights(random, setting, children, 2);
  if (weights !== null) node.weights = weights;
  if (random.oneIn(3)) node.by_segment = { vip: drawShares(random, children) };
  if (random.oneIn(4)) node.min_coverage = new Float(random.below(100) / 100);
  return node;
}

function drawAggregate(random, setting, name, count) {
  const kind = random.below(setting.strict ? 10 : 4);
  if (kind < 2) return random.oneIn(2) ? null : "arithmetic";
  if (kind === 2) return "minimum";
  if (kind === 3) {
    if (setting.fitting) return { topsis: "from_data" };
    if (random.oneIn(2)) return "topsis";
    const best = Array.from({ length: count }, () => at(setting, 70 + random.below(31)));
    const worst = Array.from({ length: count }, () => at(setting, random.below(31)));
    return { topsis: { ideal: best, anti_ideal: worst } };
  }
  if (kind === 4) return name === "root" ? "mean_penalised" : "minimum";
  if (kind < 7) return "geometric";
  if (kind === 7) return "harmonic";
  return {
    power: random.oneIn(2) ? random.pick([-2, -1, 2, 3]) : new Float(0.5),
  };
}

function drawWeights(random, setting, children, depth) {
  const kind = random.below(4 + depth);
  if (kind === 0) return "equal";
  if (kind === 1) return { values: drawShares(random, children) };
  if (kind === 2) {
    const order = [...children];
    for (let place = order.length - 1; place > 0; place--) {
      const other = random.below(place + 1);
      [order[place], order[other]] = [order[other], order[place]];
    }
    return { ranking: order };
  }
  if (kind === 3) {
    if (setting.fitting && children.length > 1) {
      return {
        from_data: random.pick([...WEIGHTS_FROM_DATA, ...(setting.strict ? ["entropy"] : [])]),
      };
    }
    return { ahp: drawComparisons(random, children.length) };
  }
  if (kind === 4 && depth === 2) {
    const first = drawWeights(random, setting, children, 0);
    const second = drawWeights(random, setting, children, 0);
    const share = new Float((1 + random.below(9)) / 10);
    const parts = [
      { share, weights: first },
      { share: 1, weights: second },
    ];
    return { mix: parts, by: random.pick(["sum", "product"]) };
  }
  return null;
}

function drawShares(random, children) {
  const shares = {};
  children.forEach((child, place) => {
    const isZero = place > 0 && random.oneIn(8);
    shares[child] = isZero ? 0 : numberOf(random, 1 + random.below(300));
  });
  return shares;
}

function drawComparisons(random, count) {
  const ranks = Array.from({ length: count }, () => random.below(4));
  const matrix = ranks.map(() => Array(count).fill(1));
  for (let row = 0; row < count; row++) {
    for (let column = row + 1; column < count; column++) {
      const times = ranks[row] - ranks[column] + random.below(2);
      matrix[row][column] = times >= 0 ? times + 1 : `1/${1 - times}`;
      matrix[column][row] = times >= 0 ? `1/${times + 1}` : 1 - times;
    }
  }
  return matrix;
}

// --- indicators ---

function drawIndicator(random, setting, number) {
  let method = random.pick(METHODS);
  if (method === "ratio" && setting.low !== 0) method = "goalposts";
  let direction = random.pick(["higher", "lower"]);
  if (method === "target" || (["bands", "points"].includes(method) && random.oneIn(3))) direction = "target";
  const marks = drawMarks(random);
  const normalise = drawMethod(random, setting, method, direction, marks);
  const entry = { direction };
  if (random.oneIn(2)) entry.weight = numberOf(random, 1 + random.below(300));
  if (random.oneIn(6))
    entry.compare = {
      with: `c${number}`,
      as: random.pick(["ratio", "growth", "difference"]),
    };
  entry.normalise = normalise;
  const clip = random.pick(setting.strict ? ["both", "low"] : ["both", "low", "high", "none"]);
  if (setting.strict || random.oneIn(2)) entry.clip = clip;
  if (random.oneIn(6))
    entry.possible = {
      min: -20,
      max: numberOf(random, marks[3] + random.below(2000)),
    };
  if (!random.oneIn(3)) entry.impossible = "missing";
  const missing = drawMissing(random, setting, marks);
  if (missing !== null) entry.missing = missing;
  if (random.oneIn(5)) entry.winsorise = drawLimits(random, setting, marks);
  entry.constant = "middle";
  return [entry, marks];
}

function drawMarks(random) {
  const marks = [100 + random.below(500)];
  for (let more = 0; more < 3; more++) marks.push(marks.at(-1) + 50 + random.below(800));
  return marks;
}

function drawMethod(random, setting, method, direction, marks) {
  const ascending = marks.map((mark) => numberOf(random, mark));
  const [first, second, third, last] = direction === "lower" ? ascending.toReversed() : ascending;
  if (setting.fitting && direction !== "target" && random.oneIn(2)) {
    const kind = random.below(4);
    if (kind < 3) return { from_data: FROM_DATA[kind] };
    const [worst, best] = direction === "higher" ? ["min", "max"] : ["max", "min"];
    return { goalposts: { worst, best } };
  }
  switch (method) {
    case "goalposts":
      return { goalposts: { worst: first, best: last } };
    case "log":
      return { goalposts: { worst: first, best: last, log: true } };
    case "benchmarks": {
      const levels = { floor: first, baseline: second, challenge: last };
      return {
        benchmarks: random.oneIn(2) ? { ...levels, at_baseline: at(setting, 50) } : levels,
      };
    }
    case "ratio":
      return {
        ratio: random.oneIn(2) ? { baseline: second, at_baseline: at(setting, 60) } : { baseline: second },
      };
    case "target": {
      const tolerance = random.oneIn(2) ? 0 : numberOf(random, random.below(200));
      const distance = numberOf(random, 1 + random.below(900));
      return { target: { value: second, tolerance, distance } };
    }
    case "bands": {
      const scores = drawScores(random, setting, direction);
      const below = ascending.slice(0, 3).map((end, place) => ({ below: end, score: scores[place] }));
      return { bands: [...below, { score: scores[3] }] };
    }
    case "points": {
      const scores = drawScores(random, setting, direction);
      return { points: ascending.map((x, place) => [x, scores[place]]) };
    }
    case "logistic":
      return {
        logistic: {
          midpoint: third,
          width: numberOf(random, 1 + random.below(500)),
        },
      };
    case "standard": {
      const levels = {
        mean: second,
        deviation: numberOf(random, 1 + random.below(500)),
      };
      const per = new Float((setting.high - setting.low) / 8);
      return {
        standard: random.oneIn(2) ? { ...levels, at_mean: at(setting, 40), per_deviation: per } : levels,
      };
    }
    default:
      return {
        share: { of: random.pick(["vector", "sum", "max"]), by: ascending[3] },
      };
  }
}

function drawScores(random, setting, direction) {
  const percents = Array.from({ length: 4 }, () => random.below(101));
  if (direction !== "target") percents.sort((a, b) => (direction === "lower" ? b - a : a - b));
  return percents.map((percent) => at(setting, percent));
}

function drawMissing(random, setting, marks) {
  const kind = random.below(6);
  if (kind === 0) return null;
  if (kind < 4) return "skip";
  if (kind === 4) {
    if (setting.fitting) return { impute: random.pick(["mean", "median"]), by: "segment" };
    return { value: numberOf(random, random.pick(marks)) };
  }
  return { score: at(setting, random.below(101)) };
}

function drawLimits(random, setting, marks) {
  if (setting.fitting)
    return {
      low: { quantile: new Float(0.1) },
      high: { quantile: new Float(0.875) },
    };
  const low = numberOf(random, marks[0] + 20);
  return { low, high: numberOf(random, marks[2]) };
}

// --- data ---

function numberOf(random, k) {
  if (k % 100 === 0 && random.oneIn(2)) return k / 100;
  return new Float(k / 100);
}

function drawValues(random, name, marks) {
  const kind = random.pick(["float", "float", "float", "int"]);
  const compared = name.startsWith("c");
  return {
    name,
    kind,
    values: rows(() => drawValue(random, kind, marks, compared)),
  };
}

function drawValue(random, kind, marks, compared) {
  const special = random.below(256);
  if (special < 6) return kind === "float" ? NaN : null;
  let k = random.pick(marks);
  const place = random.below(8);
  if (place === 0) k += 1;
  else if (place === 1) k -= 1;
  else if (place < 6) k = random.below(4000);
  else if (place === 6 && random.oneIn(8)) k = 0 - random.below(1000);
  if (kind === "int") return BigInt(Math.floor(k / 100));
  if (special === 6 && !compared) return Infinity;
  if (special === 7) return 1e30;
  return special < 80 ? k / 300 : k / 100;
}

function drawSegment(random) {
  return random.oneIn(8) ? null : random.pick(SEGMENTS);
}

/** The case as one line of text, for a digest of the inputs alone. */
export function dump({ fitting, framework, columns }) {
  const lines = columns.map(
    ({ name, kind, values }) => `${name}:${kind}:${values.map((value) => dumpValue(value, kind)).join(",")}`,
  );
  return [fitting ? "fit" : "-", dumpNode(framework), ...lines].join("|");
}
