// Package fit as somebody would write it without the library: one loop over typed arrays, in floats, not exact.

/** The plans of a price table, column by column; amounts in fen, prices in fen a minute and a megabyte. */
export function plansOf(csv) {
  const rows = csv
    .trim()
    .split(/\r?\n/)
    .slice(1)
    .map((line) => line.split(",").slice(3).map(Number));
  const column = (index, scale) => Float64Array.from(rows, (row) => row[index] * scale);
  return {
    fee: column(0, 100),
    megabytes: column(1, 1),
    minutes: column(2, 1),
    perMegabyte: column(3, 100),
    perMinute: column(4, 100),
  };
}

/** The cheapest plan whose total is 0.6 to 1.5 times the present one and whose fee 1 to 2 times; -1 where there is none. */
export function plainFit({ fee, megabytes, minutes, perMegabyte, perMinute }, voice, data, codes) {
  const rows = voice.length;
  const out = { plan: new Int32Array(rows), total: new Float64Array(rows) };
  const total = (plan, spoken, used) =>
    fee[plan] +
    Math.round(Math.max(spoken - minutes[plan], 0) * perMinute[plan]) +
    Math.round(Math.max(used - megabytes[plan], 0) * perMegabyte[plan]);
  for (let row = 0; row < rows; row += 1) {
    const spoken = voice[row];
    const used = data[row];
    const current = codes[row];
    const present = total(current, spoken, used);
    let best = -1;
    let least = Number.POSITIVE_INFINITY;
    for (let plan = 0; plan < fee.length; plan += 1) {
      const change = fee[plan] / fee[current];
      if (change < 1 || change > 2) continue;
      const own = total(plan, spoken, used);
      const ratio = own / present;
      if (ratio < 0.6 || ratio > 1.5) continue;
      if (own < least || (own === least && fee[plan] < fee[best])) {
        best = plan;
        least = own;
      }
    }
    out.plan[row] = best;
    out.total[row] = least;
  }
  return out;
}
