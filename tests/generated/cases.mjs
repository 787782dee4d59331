// Draws the generated cases in JavaScript: `cases.py` line by line. tests/README.md, "The generated suite", describes the method.

export const CATALOGUES = 1000;
export const CUSTOMERS = 100;

const MODES = ["half_up", "half_even", "half_down", "up", "down"];
const RATIOS = [1, 1, 10, 60, 1000, 1024];
const KINDS = ["float", "float", "int", "decimal", "text"];
const CITIES = ["north", "south", "east"];
const DECIMALS = { 1: [1, 1, 0], 10: [1, 1, 1], 60: [3, 5, 2], 1000: [1, 1, 3], 1024: [1, 9765625, 10] };
const HUGE = ["9007199254740991", "9007199254740992", "1000000000000", "1000000000000000000"];

/** SplitMix with 32 bits: a counter and the finalizer of MurmurHash3. */
export class Random {
  constructor(seed) {
    this.state = seed >>> 0;
  }

  next() {
    this.state = (this.state + 0x9e3779b9) >>> 0;
    let z = this.state;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return (z ^ (z >>> 16)) >>> 0;
  }

  below(n) {
    return this.next() % n;
  }

  pick(items) {
    return items[this.below(items.length)];
  }

  oneIn(n) {
    return this.below(n) === 0;
  }
}

/** A number of a document that is a float where languages tell floats from integers. */
export class Float {
  constructor(value) {
    this.value = value;
  }
}

const half = (n) => Math.floor(n / 2);

function decimalText(k, scale) {
  if (scale === 0) return String(k);
  const digits = String(k).padStart(scale + 1, "0");
  return `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

function written(random, k, scale) {
  const form = random.below(3);
  const power = 10 ** scale;
  if (form === 0) return new Float(k / power);
  if (form === 1 && k % power === 0) return k / power;
  return decimalText(k, scale);
}

export function draw(index) {
  const random = new Random(Math.imul(index, 0x2545f491));
  const exponent = random.pick([2, 2, 2, 0, 3]);
  const minor = 10 ** exponent;
  const rounding = {
    stage: random.pick(["line", "bill"]),
    mode: random.pick(MODES),
    step: written(random, random.pick([1, 1, 1, 5, 10, 100]), exponent),
  };
  const [meters, meterDocuments] = drawMeters(random);
  const given = drawGiven(random, exponent);
  const plans = [];
  const count = 1 + random.below(5);
  for (let number = 0; number < count; number++) {
    const plan = { id: `p${number}`, fee: written(random, random.below(12) * 5 * minor, exponent) };
    plan.priority = 1 + random.below(3);
    if (random.oneIn(3)) {
      plan.eligibility = { where: drawCondition(random, meters), unknown: random.pick(["eligible", "ineligible"]) };
    }
    plan.charges = Object.fromEntries(meters.map((meter) => [meter.id, drawCharge(random, meter, exponent)]));
    plans.push(plan);
  }
  const catalogue = {
    cpcfit: 1,
    kind: "catalogue",
    id: `c${index}`,
    version: "1",
    currency: { code: "XXX", exponent },
    rounding,
    meters: meterDocuments,
    given,
    fields: { age: { type: "number", missing: true }, city: { type: "string", missing: true } },
    plans,
  };
  const policy = drawPolicy(random, meters);
  const columns = meters.map((meter) => drawUsage(random, meter));
  for (const [key, value] of Object.entries(given)) {
    columns.push(drawAmount(random, key, 100 * minor, exponent, !("default" in value)));
  }
  const usage = columns.map((column) => column.name);
  columns.push(drawCurrentPlan(random, plans.length));
  if (!random.oneIn(6)) {
    columns.push(drawAmount(random, "present_total", 60 * minor, exponent, true));
    columns.push(drawAmount(random, "present_fee", 60 * minor, exponent, true));
  }
  columns.push(drawAge(random));
  columns.push(drawCity(random));
  return { index, catalogue, policy, columns, usage };
}

function drawMeters(random) {
  const meters = [];
  const documents = {};
  const count = 1 + random.below(3);
  for (let number = 0; number < count; number++) {
    const ratio = random.pick(RATIOS);
    const unit = ratio === 1 ? "b" : "u";
    const document = { unit, base: "b", units: { big: ratio * 8 } };
    if (ratio !== 1) document.units.u = ratio;
    if (random.oneIn(2)) document.default = random.pick([0, 0, 7]);
    meters.push({ id: `m${number}`, ratio, unit, marks: [0] });
    documents[`m${number}`] = document;
  }
  return [meters, documents];
}

function drawGiven(random, exponent) {
  const given = {};
  const count = random.below(3);
  for (let number = 0; number < count; number++) {
    given[`g${number}`] = random.oneIn(2)
      ? { default: written(random, random.below(3) * 10 ** exponent, exponent) }
      : {};
  }
  return given;
}

function drawCharge(random, meter, exponent) {
  const kind = random.below(8);
  if (kind === 0) return { allowance: "unlimited" };
  const allowance = drawQuantity(random, meter);
  const form = random.below(4);
  let price;
  if (form === 0) price = written(random, random.below(200) * 10 + 5, exponent + 1);
  else if (form === 1) price = written(random, random.below(3000000), 6);
  else price = written(random, random.below(2000), exponent);
  if (kind === 1) return { allowance, overage: { price, per: `${1 + random.below(20)} ${meter.unit}` } };
  if (kind <= 3) {
    const block = 1 + random.below(50);
    meter.marks.push(meter.marks.at(-1) + block * meter.ratio);
    meter.marks.push(meter.marks.at(-1) + 3 * block * meter.ratio);
    return { allowance, overage: { price, block: `${block} ${meter.unit}` } };
  }
  if (kind === 4) return { allowance, overage: { price } };
  return { allowance, overage: price };
}

function drawQuantity(random, meter) {
  const form = random.below(5);
  const n = random.below(200);
  if (form === 0) {
    meter.marks.push(n * meter.ratio);
    return n;
  }
  if (form === 1) {
    meter.marks.push(n * meter.ratio * 8);
    return `${n} big`;
  }
  if (form === 2) {
    meter.marks.push(n);
    return `${n} b`;
  }
  if (form === 3 && meter.ratio % 2 === 0) {
    meter.marks.push(n * meter.ratio + meter.ratio / 2);
    return written(random, n * 10 + 5, 1);
  }
  meter.marks.push(0);
  return 0;
}

function drawCondition(random, meters) {
  const kind = random.below(9);
  const n = 18 + random.below(50);
  const meter = random.pick(meters);
  if (kind === 0) return { field: "age", ge: n };
  if (kind === 1) return { field: "age", ge: new Float(18.5), lt: n };
  if (kind === 2) return { field: "city", in: ["north", "south"] };
  if (kind === 3) return { not: { field: "city", eq: "north" } };
  if (kind === 4)
    return {
      any: [
        { field: "age", lt: n },
        { field: meter.id, gt: random.below(100) },
      ],
    };
  if (kind === 5)
    return {
      all: [
        { field: "city", not_in: ["east"] },
        { field: meter.id, le: random.below(100) },
      ],
    };
  if (kind === 6) return { field: "age", missing: true };
  if (kind === 7)
    return {
      any: [
        { field: "current_plan", ne: "p0" },
        { field: "city", missing: false },
      ],
    };
  return { field: meter.id, ne: 0 };
}

function drawPolicy(random, meters) {
  const policy = { cpcfit: 1, kind: "fit-policy", id: "policy", version: "1" };
  for (const key of ["total_fee_change", "monthly_fee_change"]) {
    const bounds = {};
    if (!random.oneIn(3)) bounds.min = written(random, random.pick([0, 50, 60, 75, 100]), 2);
    if (!random.oneIn(3)) bounds.max = written(random, random.pick([100, 125, 150, 200, 400]), 2);
    if (!random.oneIn(6)) policy[key] = bounds;
  }
  policy.rank = random.pick(["cheapest", "priority"]);
  policy.current_plan = random.pick(["included", "included", "excluded"]);
  if (random.oneIn(4)) {
    policy.candidates = { where: drawCondition(random, meters), unknown: random.pick(["in", "out"]) };
  }
  return policy;
}

function fill(name, kind, scale, value) {
  return { name, kind, scale, values: Array.from({ length: CUSTOMERS }, value) };
}

function drawUsage(random, meter) {
  const kind = random.pick(KINDS);
  const scale = kind === "int" ? 0 : DECIMALS[meter.ratio][2] + 1;
  return fill(meter.id, kind, scale, () => drawUsageValue(random, meter, kind, scale));
}

function drawUsageValue(random, meter, kind, scale) {
  const special = random.below(128);
  if (special < 4) return missing(kind);
  if (special === 4) return huge(random.pick(HUGE), kind, scale);
  let base = random.pick(meter.marks);
  const place = random.below(8);
  if (place === 0) base += 1;
  else if (place === 1) base = base > 0 ? base - 1 : 0;
  else if (place === 2) base += half(meter.ratio);
  else if (place === 3) base += meter.ratio * (1 + random.below(100)) + half(meter.ratio);
  else if (place === 4) base += random.below(100000);
  else if (place === 5) base = random.below(5) * 1000 * meter.ratio;
  else if (place === 6 && (kind === "float" || kind === "int")) {
    base = random.below(2097152) * (1 + random.below(65536));
  }
  if (kind === "float") {
    const value = base / meter.ratio;
    return special === 5 ? -value - 1 : special === 6 ? Infinity : value;
  }
  if (kind === "int") {
    const value = Math.floor(base / meter.ratio);
    return BigInt(special === 5 ? -value - 1 : value);
  }
  const [divisor, multiplier] = DECIMALS[meter.ratio];
  const text = decimalText(Math.floor(base / divisor) * multiplier * 10 + (special === 6 ? 5 : 0), scale);
  return special === 5 ? `-${text}` : text;
}

function drawAmount(random, name, limit, exponent, required) {
  const kind = random.pick(KINDS);
  const scale = kind === "int" ? 0 : exponent;
  const power = 10 ** exponent;
  return fill(name, kind, scale, () => {
    const special = random.below(required ? 128 : 32);
    if (special === 0) return missing(kind);
    const k = random.oneIn(3)
      ? random.below(limit)
      : Math.floor(random.below(Math.floor(limit / power)) / 5) * 5 * power;
    if (kind === "float") return k / power;
    return kind === "int" ? BigInt(Math.floor(k / power)) : decimalText(k, scale);
  });
}

function drawCurrentPlan(random, plans) {
  return fill("current_plan", "text", 0, () => {
    const number = random.below(plans + 2);
    return number < plans ? `p${number}` : number === plans ? "old" : null;
  });
}

function drawAge(random) {
  return fill("age", "float", 0, () => (random.oneIn(8) ? NaN : random.below(160) / 2));
}

function drawCity(random) {
  return fill("city", "text", 0, () => (random.oneIn(8) ? null : random.pick(CITIES)));
}

const missing = (kind) => (kind === "float" ? NaN : null);

function huge(text, kind, scale) {
  if (kind === "float") return Number(text);
  if (kind === "int") return BigInt(text);
  return kind === "decimal" ? `${text}.${"0".repeat(scale)}` : text;
}

/** A drawn document as plain JavaScript values. */
export function native(node) {
  if (node instanceof Float) return node.value;
  if (Array.isArray(node)) return node.map(native);
  if (node === null || typeof node !== "object") return node;
  return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, native(value)]));
}

/** The case as one line of text, for a digest of the inputs alone. */
export function dump(drawn) {
  const columns = drawn.columns.map(
    ({ name, kind, scale, values }) =>
      `${name}:${kind}:${scale}:${values.map((value) => dumpValue(value, kind)).join(",")}`,
  );
  return [dumpNode(drawn.catalogue), dumpNode(drawn.policy), ...columns, drawn.usage.join(" ")].join("|");
}

export function dumpNode(node) {
  if (node instanceof Float) return dumpValue(node.value, "float");
  if (Array.isArray(node)) return `[${node.map(dumpNode).join(",")}]`;
  if (typeof node === "object") {
    return `{${Object.entries(node)
      .map(([key, value]) => `${key}=${dumpNode(value)}`)
      .join(",")}}`;
  }
  if (typeof node === "boolean") return String(node);
  return typeof node === "string" ? `t${node}` : `i${node}`;
}

const bits = new DataView(new ArrayBuffer(8));

export function dumpValue(value, kind) {
  if (value === null) return "-";
  if (kind === "float") {
    bits.setFloat64(0, value);
    return Number.isNaN(value) ? "nan" : `f${bits.getBigUint64(0).toString(16).padStart(16, "0")}`;
  }
  return `${{ text: "t", decimal: "d", int: "i" }[kind]}${value}`;
}
