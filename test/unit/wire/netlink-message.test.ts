import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LINUX } from '../../../src/wire/constants.generated.js';
import { decodeLinkMessage } from '../../../src/wire/link-message.js';
import {
  decodeNetlinkAttributes,
  decodeNetlinkMessages,
  encodeNetlinkAttributes,
  encodeNetlinkMessage,
  type NetlinkMessage,
} from '../../../src/wire/netlink-message.js';
import { decodeRouteMessage } from '../../../src/wire/route-message.js';
import { WireFormatError } from '../../../src/wire/wire-format-error.js';

const attribute = fc.record({ type: fc.nat({ max: 0x3fff }), data: fc.uint8Array({ maxLength: 40 }) });

test('attributes are read as they were written', () => {
  fc.assert(
    fc.property(fc.array(attribute), fc.uint8Array({ minLength: 12, maxLength: 12 }), (attributes, head) => {
      const body = new Uint8Array([...head, ...encodeNetlinkAttributes(attributes)]);
      expect(decodeNetlinkAttributes(body, head.length)).toEqual(attributes);
    }),
  );
});

test('a message is read as it was written', () => {
  const message: NetlinkMessage = { type: 16, flags: 2, sequence: 77, body: Uint8Array.of(1, 2, 3, 4) };
  expect(decodeNetlinkMessages(encodeNetlinkMessage(message))).toEqual([message]);
});

test('nothing but a WireFormatError comes of arbitrary bytes', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 200 }),
      fc.constantFrom(LINUX.RTM_NEWLINK, LINUX.RTM_NEWROUTE),
      (bytes, type) => {
        for (const decode of [
          () => decodeNetlinkMessages(bytes),
          () => decodeLinkMessage({ type, flags: 0, sequence: 0, body: bytes }),
          () => decodeRouteMessage({ type, flags: 0, sequence: 0, body: bytes }),
        ]) {
          try {
            decode();
          } catch (error) {
            expect(error).toBeInstanceOf(WireFormatError);
          }
        }
      },
    ),
  );
});
