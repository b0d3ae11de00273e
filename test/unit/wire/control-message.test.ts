import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { LINUX } from '../../../src/wire/constants.generated.js';
import {
  type ControlMessage,
  controlMessageSpace,
  decodeControlMessages,
  encodeControlMessages,
  walkControlMessages,
  writeWordMessage,
} from '../../../src/wire/control-message.js';
import { FieldValueError } from '../../../src/wire/field-value-error.js';
import { WireFormatError } from '../../../src/wire/wire-format-error.js';
import { bytes, uint } from './support/arbitraries.js';
import { describeFormat } from './support/golden-format.js';
import { packet } from './support/golden-packets.js';

/** What recvmsg(2) gives on x64 for a TTL of 64 and a mark of drops: Python's socket.recvmsg agrees. */
const RECEIVED = packet(`
  1400000000000000 00000000 02000000 40000000 00000000
  1400000000000000 01000000 28000000 07000000 00000000
`);

describeFormat<ControlMessage[]>({
  name: 'control messages',
  bytes: RECEIVED,
  value: [
    { level: LINUX.IPPROTO_IP, type: LINUX.IP_TTL, data: packet('40000000') },
    { level: LINUX.SOL_SOCKET, type: LINUX.SO_RXQ_OVFL, data: packet('07000000') },
  ],
  decode: decodeControlMessages,
  encode: encodeControlMessages,
  minimumLength: 0,
});

describe('walkControlMessages', () => {
  it('visits every message with where its data lie', () => {
    const seen: number[][] = [];
    walkControlMessages(RECEIVED, 0, RECEIVED.length, (...visit) => seen.push(visit));
    expect(seen).toEqual([
      [0, LINUX.IP_TTL, 16, 20],
      [1, LINUX.SO_RXQ_OVFL, 40, 44],
    ]);
  });

  it('ends when the visitor says false', () => {
    let visits = 0;
    walkControlMessages(RECEIVED, 0, RECEIVED.length, () => {
      visits += 1;
      return false;
    });
    expect(visits).toBe(1);
  });

  it('reads only what lies between start and end', () => {
    expect(decodeControlMessages(RECEIVED, 24)).toHaveLength(1);
    expect(decodeControlMessages(RECEIVED, 0, 24)).toHaveLength(1);
    expect(decodeControlMessages(RECEIVED, 0, 0)).toEqual([]);
  });

  it('does without the padding of the last message, which the kernel may leave out', () => {
    expect(decodeControlMessages(RECEIVED, 0, RECEIVED.length - 4)).toHaveLength(2);
  });

  it('takes less than a header at the end for padding', () => {
    for (let length = 0; length < 16; length++) expect(decodeControlMessages(RECEIVED, 0, length)).toEqual([]);
  });

  it.each([
    ['less than a header', '0f00000000000000 00000000 02000000'],
    ['zero', '0000000000000000 00000000 02000000'],
    ['more than what is there', '1900000000000000 00000000 02000000 0000000000000000'],
    ['more than 32 bits', '1000000001000000 00000000 02000000'],
    ['the highest of all', 'ffffffffffffffff 00000000 02000000'],
  ])('refuses a length of %s', (_, text) => {
    expect(() => decodeControlMessages(packet(text))).toThrow(WireFormatError);
  });
});

describe('encodeControlMessages', () => {
  it.each([
    [0, 16],
    [1, 24],
    [8, 24],
    [9, 32],
  ])('takes for %i bytes of data %i bytes, as CMSG_SPACE', (data, space) => {
    expect(controlMessageSpace(data)).toBe(space);
    expect(encodeControlMessages([{ level: 1, type: 1, data: new Uint8Array(data) }])).toHaveLength(space);
  });

  it.each<[string, Partial<ControlMessage>]>([
    ['level', { level: -1 }],
    ['type', { type: 2 ** 32 }],
  ])('refuses a %s that is no 32-bit number', (field, part) => {
    const encode = () => encodeControlMessages([{ level: 1, type: 1, data: new Uint8Array(0), ...part }]);
    expect(encode).toThrow(FieldValueError);
    expect(encode).toThrow(new RegExp(`^${field} is`));
  });

  it('reads back what it writes, for any messages', () => {
    const message = fc.record({ level: uint(32), type: uint(32), data: bytes(0, 40) });
    fc.assert(
      fc.property(fc.array(message, { maxLength: 5 }), messages => {
        expect(decodeControlMessages(encodeControlMessages(messages))).toEqual(messages);
      }),
    );
  });
});

test('a message of one word is written in place as it is encoded', () => {
  const uint32 = uint(32);
  const message = fc.tuple(uint32, uint32, uint32);
  fc.assert(
    fc.property(fc.array(message, { maxLength: 4 }), messages => {
      const words = new Uint32Array(32).fill(0);
      let at = 0;
      for (const [level, type, value] of messages) at = writeWordMessage(words, at, level, type, value);
      const data = (value: number) => new Uint8Array(Uint32Array.of(value).buffer);
      const expected = encodeControlMessages(
        messages.map(([level, type, value]) => ({ level, type, data: data(value) })),
      );
      expect(new Uint8Array(words.buffer, 0, at)).toEqual(expected);
    }),
  );
});
