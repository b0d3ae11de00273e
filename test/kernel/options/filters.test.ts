import { describe, expect, it } from 'vitest';
import { native } from '../../../src/io/native.js';
import { getOption, setOption } from '../../../src/io/option.js';
import { filterProgram } from '../../../src/options/filter-program.js';
import { bindUdp } from '../../../src/sockets/bind-udp.js';
import { Descriptors, must, nameOf, ready } from '../../support/kernel/loopback.js';
import { refusalOf } from '../../support/kernel/option-rows.js';
import { socketOfKind } from '../../support/kernel/option-sockets.js';

const sendTo = (port: number, text: string): void => {
  const descriptor = socketOfKind('udp');
  must(native().sendMessage(descriptor, Buffer.from(text), nameOf(4, port), null, 0));
  native().close(descriptor);
};

describe('socket filters', () => {
  /** Lets datagrams through whose payload begins with the letter; a UDP socket's filter sees the UDP header first. */
  const beginningWith = (letter: string) =>
    filterProgram([
      { do: 'load', size: 1, at: 8 },
      { do: 'jump', if: '==', value: letter.charCodeAt(0), whenFalse: 'drop' },
      { do: 'return', value: 0xffff },
      { do: 'label', name: 'drop' },
      { do: 'return', value: 0 },
    ]);

  it('keep datagrams out until they are taken off', async () => {
    using descriptors = new Descriptors();
    const { descriptor, port } = descriptors.udp(4);
    setOption(descriptor, 'SO_ATTACH_FILTER', beginningWith('a'));
    expect(getOption(descriptor, 'SO_ATTACH_FILTER')).toEqual(beginningWith('a'));
    sendTo(port, 'blocked');
    sendTo(port, 'allowed');
    await ready(descriptor);
    expect(received(descriptor)).toBe('allowed');
    setOption(descriptor, 'SO_DETACH_FILTER', true);
    expect(getOption(descriptor, 'SO_ATTACH_FILTER')).toHaveLength(0);
    sendTo(port, 'both');
    await ready(descriptor);
    expect(received(descriptor)).toBe('both');
  });

  it('stay once they are locked', () => {
    using descriptors = new Descriptors();
    const { descriptor } = descriptors.udp(4);
    setOption(descriptor, 'SO_ATTACH_FILTER', beginningWith('a'));
    setOption(descriptor, 'SO_LOCK_FILTER', true);
    expect(refusalOf(() => setOption(descriptor, 'SO_DETACH_BPF', true))).toBe('EPERM');
  });

  it('of eBPF are refused where the descriptor is no program', () => {
    using descriptors = new Descriptors();
    const { descriptor } = descriptors.udp(4);
    expect(refusalOf(() => setOption(descriptor, 'SO_ATTACH_BPF', descriptor))).toBe('EINVAL');
    setOption(descriptor, 'SO_REUSEPORT', true);
    expect(refusalOf(() => setOption(descriptor, 'SO_ATTACH_REUSEPORT_EBPF', descriptor))).toBe('EINVAL');
  });
});

function received(descriptor: number): string {
  const bytes = new Uint8Array(64);
  const result = { length: 0, flags: 0, nameLength: 0, controlLength: 0 };
  const length = must(native().receiveMessage(descriptor, bytes, null, null, 0, result));
  return Buffer.from(bytes.subarray(0, length)).toString();
}

describe('a SO_REUSEPORT group', () => {
  it('is spread by a program, until that is taken off', async () => {
    const options = { SO_REUSEPORT: true } as const;
    const first = await bindUdp({ address: '127.0.0.1', options });
    const { port } = first.address();
    const second = await bindUdp({ address: '127.0.0.1', port, options });
    setOption(
      first,
      'SO_ATTACH_REUSEPORT_CBPF',
      filterProgram([
        { do: 'load', size: 1, at: 0 },
        { do: 'compute', operator: '-', value: '0'.charCodeAt(0) },
        { do: 'return-accumulator' },
      ]),
    );
    const got: string[][] = [[], []];
    first.on('message', message => got[0]?.push(message.toString()));
    second.on('message', message => got[1]?.push(message.toString()));
    const fourth = new Promise(resolve =>
      second.on('message', message => message.toString() === '1-last' && resolve(0)),
    );
    for (const text of ['0-a', '1-a', '0-b', '1-last']) sendTo(port, text);
    await fourth;
    await new Promise(setImmediate);
    expect(got).toEqual([
      ['0-a', '0-b'],
      ['1-a', '1-last'],
    ]);
    setOption(first, 'SO_DETACH_REUSEPORT_BPF', true);
    expect(refusalOf(() => setOption(first, 'SO_DETACH_REUSEPORT_BPF', true))).toBe('ENOENT');
    first.close();
    second.close();
  });
});
