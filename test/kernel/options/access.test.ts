import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { native } from '../../../src/io/native.js';
import { getOption, getOptionBytes, getOptions, setOption, setOptionBytes } from '../../../src/io/option.js';
import { connect } from '../../../src/sockets/connect.js';
import { LINUX } from '../../../src/wire/constants.generated.js';
import { socketOfKind } from '../../support/kernel/option-sockets.js';

describe('netlink groups', () => {
  it('are joined and left by number', () => {
    const descriptor = socketOfKind('netlink');
    setOption(descriptor, 'NETLINK_ADD_MEMBERSHIP', 1);
    setOption(descriptor, 'NETLINK_ADD_MEMBERSHIP', 5);
    expect(getOption(descriptor, 'NETLINK_LIST_MEMBERSHIPS')).toEqual([1, 5]);
    setOption(descriptor, 'NETLINK_DROP_MEMBERSHIP', 1);
    expect(getOption(descriptor, 'NETLINK_LIST_MEMBERSHIPS')).toEqual([5]);
    native().close(descriptor);
  });
});

describe('raw access', () => {
  it('answers in memory of its own, also where the question was in a Buffer', () => {
    const question = Buffer.alloc(4, 9);
    const answer = getOptionBytes(socketOfKind('tcp'), 'SOL_SOCKET', LINUX.SO_TYPE, question);
    expect(answer).toEqual(Uint8Array.of(LINUX.SOCK_STREAM, 0, 0, 0));
    expect(question).toEqual(Buffer.alloc(4, 9));
  });

  it('sets and reads bytes by level and number', () => {
    const descriptor = socketOfKind('tcp');
    setOptionBytes(descriptor, 'IPPROTO_TCP', LINUX.TCP_KEEPCNT, Uint8Array.of(7, 0, 0, 0));
    expect(getOption(descriptor, 'TCP_KEEPCNT')).toBe(7);
    expect(getOptionBytes(descriptor, LINUX.IPPROTO_TCP, LINUX.TCP_KEEPCNT)).toEqual(Uint8Array.of(7, 0, 0, 0));
    expect(() => setOptionBytes(descriptor, 'IPPROTO_TCP', LINUX.TCP_KEEPCNT, Uint8Array.of(7, 0))).toThrow(
      expect.objectContaining({ code: 'EINVAL', object: 'IPPROTO_TCP:6=2 bytes' }),
    );
    expect(() => getOptionBytes(descriptor, 'SOL_NOTHING' as 'SOL_RAW', 1)).toThrow('there is no level SOL_NOTHING');
    native().close(descriptor);
  });
});

describe('raw access refuses by name', () => {
  const call = (...args: unknown[]) => (getOptionBytes as (...args: unknown[]) => unknown)(0, ...args);
  it.each<[string, unknown[], string]>([
    ['a level that is none', ['SO_TYPE', 1], 'there is no level SO_TYPE'],
    ['a misspelt level', ['SOL_SOCKT', 1], 'there is no level SOL_SOCKT; did you mean SOL_SOCKET?'],
    ['a symbol', [Symbol('level'), 1], 'there is no level Symbol(level)'],
    ['a negative level', [-1, 1], 'level takes 0 to 2147483647, not -1'],
    ['a number that is none', ['SOL_SOCKET', 'x'], 'number takes a whole number from 0 to 2147483647, not "x"'],
    [
      'a size that is none',
      ['SOL_SOCKET', 2, 'x'],
      'size takes a whole number from 0 to 2147483647 bytes, or a Buffer',
    ],
    ['a size of null', ['SOL_SOCKET', 2, null], 'not null'],
    ['other memory', ['SOL_SOCKET', 2, new DataView(new ArrayBuffer(4))], 'not an object (DataView)'],
    ['a negative size', ['SOL_SOCKET', 2, -1], 'size takes 0 to 2147483647 bytes'],
  ])('%s', (_, args, message) => {
    expect(() => call(...args)).toThrow(message);
    expect(() => call(...args)).toThrow(expect.objectContaining({ code: expect.any(String) }));
  });

  it('the option before its value', () => {
    expect(() => setOptionBytes(0, 'SOL_SOCKET', undefined as never, undefined as never)).toThrow('number takes');
  });
});

describe('getOptions', () => {
  it.each(['tcp', 'udp', 'ip6', 'unix', 'netlink'] as const)('gives everything that a %s socket has', kind => {
    const descriptor = socketOfKind(kind);
    const values = getOptions(descriptor);
    expect(values.SO_DOMAIN).toBe(getOption(descriptor, 'SO_DOMAIN'));
    expect(values).not.toHaveProperty('SO_ERROR');
    expect('TCP_INFO' in values).toBe(kind === 'tcp');
    expect('NETLINK_EXT_ACK' in values).toBe(kind === 'netlink');
    native().close(descriptor);
  });

  it('leaves out what is of another family: the peer of a Unix-domain socket has no IP address', async () => {
    const folder = mkdtempSync(join(tmpdir(), `subsocket-a-long-name-${process.pid}-`));
    const server = createServer().listen(join(folder, 'socket'));
    await once(server, 'listening');
    const socket = await connect({ path: join(folder, 'socket') });
    expect(getOptions(socket)).toMatchObject({ SO_DOMAIN: 'unix' });
    expect(getOptions(socket)).not.toHaveProperty('SO_PEERNAME');
    socket.destroy();
    server.close();
    rmSync(folder, { recursive: true });
  });

  it('says of what is no socket that it is none', () => {
    expect(() => getOptions(2 ** 20)).toThrow(expect.objectContaining({ code: 'EBADF' }));
  });
});
