import { describe, expect, it } from 'vitest';
import { localErrorName } from '../../../src/engine/local-error.js';
import { LINUX } from '../../../src/wire/constants.generated.js';

describe('localErrorName', () => {
  it('has words for what hosts say when they refuse to send', () => {
    expect(localErrorName(LINUX.ENOBUFS)).toBe('no-buffer-space');
    expect(localErrorName(LINUX.EHOSTUNREACH)).toBe('host-unreachable');
    expect(localErrorName(LINUX.EPERM)).toBe('operation-not-permitted');
  });

  it('falls back to the name of the errno', () => {
    expect(localErrorName(LINUX.EXDEV)).toBe('exdev');
  });

  it('has a word for a number that is no errno', () => {
    expect(localErrorName(0)).toBe('unknown-error');
    expect(localErrorName(4095)).toBe('unknown-error');
  });
});
