// What a measurement is told as, and how repeated ones are put together.

export function median(values) {
  const sorted = [...values].sort((left, right) => left - right);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * A row of the table. `limit` is what must be reached: `{ least }` or `{ most }`; without one the figure is for information.
 */
export function row(figure, value, unit, limit = {}) {
  const met = (limit.least === undefined || value >= limit.least) && (limit.most === undefined || value <= limit.most);
  return { figure, value, unit, limit, met };
}

/**
 * Measures several subjects in turns, so that what disturbs the machine disturbs all of them alike.
 * @returns the median of each subject's measurements, by name.
 */
export async function inTurns(rounds, subjects) {
  const measured = Object.fromEntries(Object.keys(subjects).map(name => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, measure] of Object.entries(subjects)) measured[name].push(await measure());
  }
  return Object.fromEntries(Object.entries(measured).map(([name, values]) => [name, median(values)]));
}
