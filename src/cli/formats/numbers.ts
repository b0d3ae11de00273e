/** A share in per cent as C's %g prints a float: 0, 33.3333, 1e-05. */
export function percent(part: number, whole: number): string {
  const value = Math.fround((part * 100) / whole);
  if (value === 0 || !Number.isFinite(value)) return '0';
  const exponent = Math.floor(Math.log10(value));
  if (exponent >= -4) return String(Number(value.toPrecision(6)));
  const [digits = '', power = ''] = value.toExponential(5).split('e');
  return `${Number(digits)}e-${power.slice(1).padStart(2, '0')}`;
}

/** A round-trip time in milliseconds with the digits that iputils' ping gives it: 0.053, 12.3, 104. */
export function roundTripTime(milliseconds: number): string {
  const micros = wholeMicroseconds(milliseconds);
  if (micros >= 99_950) return String(Math.trunc((micros + 500) / 1000));
  if (micros >= 9_995) return fixed(Math.trunc((micros + 50) / 100), 1);
  if (micros >= 1_000) return fixed(Math.trunc((micros + 5) / 10), 2);
  return fixed(micros, 3);
}

/** Milliseconds with three digits behind the point, cut as iputils' ping cuts them. */
export function thousandths(milliseconds: number): string {
  return fixed(wholeMicroseconds(milliseconds), 3);
}

/** Cut, not rounded; the margin mends what binary fractions lose (1.001 * 1000 is 1000.9999999999999). */
export function wholeMicroseconds(milliseconds: number): number {
  return Math.trunc(milliseconds * 1000 + 1e-6);
}

function fixed(value: number, digits: number): string {
  return (value / 10 ** digits).toFixed(digits);
}

/** 65,534. */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(?:\d{3})+$)/g, ',');
}

/** 1 target, 65,534 targets. */
export function counted(count: number, thing: string): string {
  return `${grouped(count)} ${thing}${count === 1 ? '' : 's'}`;
}
