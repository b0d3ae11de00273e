import { expect, it } from 'vitest';
import { native } from '../../../src/io/native.js';
import { LINUX } from '../../../src/wire/constants.generated.js';

it('the addon was compiled with the numbers that the pure layers have', () => {
  expect(native().constants).toEqual(LINUX);
});
