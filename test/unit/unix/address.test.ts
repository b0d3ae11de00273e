import { describe, expect, test } from 'vitest';
import { parseListenTarget } from '../../../src/sockets/unix/activation/listen-target.js';
import { encodeUnixAddress, pathOf, showUnixAddress, toUnixSocketAddress } from '../../../src/sockets/unix/address.js';

describe('Unix-domain addresses', () => {
  test('a text is a path, or an abstract name behind a NUL', () => {
    expect(toUnixSocketAddress('/run/x')).toEqual({ family: 'unix', path: '/run/x' });
    expect(toUnixSocketAddress('\0x')).toEqual({ family: 'unix', abstract: 'x' });
    expect(pathOf('/run/x')).toBe('/run/x');
    expect(pathOf('\0x')).toBeUndefined();
  });

  test('are shown as ss(8) shows them', () => {
    expect(showUnixAddress('/run/x')).toBe('/run/x');
    expect(showUnixAddress('\0x')).toBe('@x');
    expect(showUnixAddress({ family: 'unix', unnamed: true })).toBe('(unnamed)');
  });

  test.each([
    ['', /allowed: 1 to 108 bytes/],
    ['x'.repeat(109), /109 bytes.*allowed: 1 to 108 bytes/],
    ['é'.repeat(55), /110 bytes/],
    ['a\0b', /without NUL/],
    [`\0${'x'.repeat(108)}`, /allowed: 0 to 107 bytes/],
  ])('%j is refused with the limit', (address, complaint) => {
    expect(() => encodeUnixAddress(address)).toThrow(complaint);
  });
});

describe('where to listen, as text', () => {
  test.each([
    ['127.0.0.1:80', '127.0.0.1', 80],
    ['[::1]:443', '::1', 443],
    ['8080', '::', 8080],
    [':8080', '::', 8080],
  ])('%s', (text, address, port) => {
    const target = parseListenTarget(text);
    expect('unix' in target ? undefined : [String(target.address), target.port]).toEqual([address, port]);
  });

  test.each([
    ['/run/x.sock', '/run/x.sock'],
    ['./x.sock', './x.sock'],
    ['../x.sock', '../x.sock'],
    ['@name', '\0name'],
  ])('%s', (text, unix) => {
    expect(parseListenTarget(text)).toEqual({ unix });
  });

  test.each(['', 'host', 'host:80', '1.2.3.4', '1.2.3.4:', '1.2.3.4:65536', '1.2.3.4:-1', 'x.sock'])(
    '%j is refused',
    text => {
      expect(() => parseListenTarget(text)).toThrow();
    },
  );
});
