import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LINUX } from '../../../src/wire/constants.generated.js';
import { controlMessageSpace, encodeControlMessages } from '../../../src/wire/control-message.js';
import {
  decodeUnixControl,
  encodeUnixControl,
  MAXIMUM_DESCRIPTORS,
  requireDescriptorCount,
  UNIX_CONTROL_SPACE,
  writeUnixControl,
} from '../../../src/wire/unix-control.js';
import { WireFormatError } from '../../../src/wire/wire-format-error.js';

const descriptors = fc.array(fc.integer({ min: 0, max: 2 ** 31 - 1 }), { maxLength: MAXIMUM_DESCRIPTORS });
const credentials = fc.record({
  pid: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
  uid: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  gid: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
});

describe('control messages of Unix-domain sockets', () => {
  test('come back as they were written, into memory that was used before', () => {
    fc.assert(
      fc.property(descriptors, fc.option(credentials, { nil: undefined }), (numbers, who) => {
        const bytes = new Uint8Array(UNIX_CONTROL_SPACE).fill(0xff);
        const length = writeUnixControl(bytes, 0, numbers, who);
        const control = decodeUnixControl(bytes, 0, length);
        expect(control.descriptors).toEqual(numbers);
        expect(control.credentials).toEqual(who);
        expect(encodeUnixControl(numbers, who) ?? new Uint8Array(0)).toEqual(bytes.slice(0, length));
      }),
    );
  });

  test('without anything to say there are none', () => {
    expect(encodeUnixControl([])).toBeNull();
    expect(writeUnixControl(new Uint8Array(0), 0, [])).toBe(0);
  });

  test('are the bytes of cmsg(3)', () => {
    // len 20, SOL_SOCKET, SCM_RIGHTS, one descriptor, padding to 8.
    expect(Buffer.from(encodeUnixControl([258]) ?? []).toString('hex')).toBe(
      '1400000000000000' + '01000000' + '01000000' + '02010000' + '00000000',
    );
  });

  test('several SCM_RIGHTS are one list; a pidfd, a label and what is not known are told apart', () => {
    const int = (value: number) => new Uint8Array(new Int32Array([value]).buffer);
    const message = (type: number, data: Uint8Array, level: number = LINUX.SOL_SOCKET) => ({ level, type, data });
    const bytes = encodeControlMessages([
      message(LINUX.SCM_RIGHTS, int(7)),
      message(LINUX.SCM_PIDFD, int(9)),
      message(LINUX.SCM_SECURITY, Buffer.from('unconfined\0')),
      message(LINUX.SCM_RIGHTS, int(8)),
      message(LINUX.SCM_RIGHTS, int(1), LINUX.SOL_SOCKET + 1000),
      message(99, int(1)),
    ]);
    expect(decodeUnixControl(bytes, 0, bytes.length)).toEqual({
      descriptors: [7, 8],
      pidfd: 9,
      securityLabel: 'unconfined',
    });
  });

  test('a pidfd that the kernel could not make is none', () => {
    const data = new Uint8Array(new Int32Array([-24]).buffer);
    const bytes = encodeControlMessages([{ level: LINUX.SOL_SOCKET, type: LINUX.SCM_PIDFD, data }]);
    expect(decodeUnixControl(bytes, 0, bytes.length).pidfd).toBeUndefined();
  });

  test('whatever the bytes, nothing but a WireFormatError comes out', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), bytes => {
        try {
          decodeUnixControl(bytes, 0, bytes.length);
        } catch (error) {
          expect(error).toBeInstanceOf(WireFormatError);
        }
      }),
    );
  });

  test('more than 253 descriptors, and credentials that no field holds, are refused by name', () => {
    expect(requireDescriptorCount(253)).toBe(253);
    expect(() => requireDescriptorCount(254)).toThrow('descriptors is 254; allowed: at most 253 in one message');
    expect(() => encodeUnixControl([], { pid: -1, uid: 0, gid: 0 })).toThrow(/pid is -1/);
    expect(() => encodeUnixControl([], { pid: 1, uid: 2 ** 32, gid: 0 })).toThrow(/uid is 4294967296/);
  });

  test('the room for all of them is what the kernel may need', () => {
    expect(UNIX_CONTROL_SPACE).toBeGreaterThanOrEqual(controlMessageSpace(253 * 4) + controlMessageSpace(12));
  });
});
