import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LINUX } from '../../../src/wire/constants.generated.js';
import {
  type ControlMessage,
  decodeControlMessages,
  encodeControlMessages,
} from '../../../src/wire/control-message.js';
import { IpAddress } from '../../../src/wire/ip-address.js';
import { encodeOutgoingControl, type OutgoingControl } from '../../../src/wire/outgoing-control.js';
import { describeNeeding } from '../../support/lab/index.js';

const SOURCE = new URL('programs/control_message.c', import.meta.url).pathname;
const CASES = 500;

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

const outgoing: fc.Arbitrary<Required<Omit<OutgoingControl, 'extensionHeaders'>>> = fc
  .constantFrom(4, 6)
  .chain(family => {
    const bits = family === 4 ? 32n : 128n;
    const source = fc.bigInt(0n, 2n ** bits - 1n).map(value => IpAddress.fromValue(family as 4 | 6, value));
    return fc.record({
      family: fc.constant(family as 4 | 6),
      source,
      interfaceIndex: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
      hopLimit: fc.integer({ min: 1, max: 255 }),
      trafficClass: fc.integer({ min: 0, max: 255 }),
      dontFragment: fc.boolean(),
      segmentSize: fc.integer({ min: 1, max: 0xffff }),
      stamps: fc.constantFrom(LINUX.SOF_TIMESTAMPING_TX_SOFTWARE, LINUX.SOF_TIMESTAMPING_TX_SCHED),
      stampNumber: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
    });
  });

const messages: fc.Arbitrary<ControlMessage[]> = fc.array(
  fc.record({
    level: fc.nat({ max: 300 }),
    type: fc.nat({ max: 100 }),
    data: fc.uint8Array({ maxLength: 60 }),
  }),
  { minLength: 1, maxLength: 8 },
);

function question({
  family,
  source,
  interfaceIndex,
  hopLimit,
  trafficClass,
  dontFragment,
  segmentSize,
  stamps,
  stampNumber,
}: OutgoingControl): string {
  const own = family === 4 ? [] : [dontFragment ? 1 : 0];
  return [family, source, interfaceIndex, hopLimit, trafficClass, ...own, segmentSize, stamps, stampNumber].join(' ');
}

describeNeeding('program:gcc', "a C program's control messages", () => {
  let folder: string;
  let ask: (lines: readonly string[]) => string[];

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), `subsocket-control-${process.pid}-`));
    const program = join(folder, 'control_message');
    execFileSync('gcc', ['-Wall', '-Wextra', '-Werror', '-o', program, SOURCE]);
    ask = lines =>
      execFileSync(program, { input: `${lines.join('\n')}\n`, encoding: 'utf8' })
        .split('\n')
        .slice(0, -1);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('what we build is what C builds, to the byte', () => {
    const controls = fc.sample(outgoing, CASES);
    expect(controls.map(control => hex(encodeOutgoingControl(control)))).toEqual(ask(controls.map(question)));
  });

  test('C finds in what we build the messages that we put in, and we find them too', () => {
    const lists = fc.sample(messages, CASES);
    const encoded = lists.map(encodeControlMessages);
    const found = ask(encoded.map(bytes => `read ${hex(bytes)}`));
    const shown = lists.map(list => list.map(({ level, type, data }) => `${level}:${type}:${hex(data)} `).join(''));
    expect(found).toEqual(shown);
    expect(encoded.map(bytes => decodeControlMessages(bytes))).toEqual(lists);
  });
});
