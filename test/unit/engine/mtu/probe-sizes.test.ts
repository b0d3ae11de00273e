import { expect, test } from 'vitest';
import { commonSizes, spreadSizes } from '../../../../src/engine/mtu/probe-sizes.js';

test('common MTUs lie strictly between the bounds, the largest first', () => {
  expect(commonSizes(1280, 1500)).toEqual([1492, 1480, 1472, 1460, 1450, 1440, 1420, 1400, 1358]);
});

test('a narrow gap is filled', () => {
  expect(spreadSizes(1300, 1305)).toEqual([1304, 1303, 1302, 1301]);
  expect(spreadSizes(1300, 1301)).toEqual([]);
});

test('a wide gap is cut into parts of which none is much wider than the others', () => {
  const sizes = [9000, ...spreadSizes(1500, 9000), 1500];
  expect(sizes).toHaveLength(10);
  const gaps = sizes.slice(1).map((size, index) => (sizes[index] ?? 0) - size);
  expect(Math.max(...gaps) - Math.min(...gaps)).toBeLessThanOrEqual(1);
});

test('one size cuts a gap in two, however narrow it is', () => {
  expect(spreadSizes(1300, 1310, 1)).toEqual([1305]);
  expect(spreadSizes(1300, 1302, 1)).toEqual([1301]);
});
