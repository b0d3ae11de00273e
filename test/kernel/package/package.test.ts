import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { describeNeeding } from '../../support/lab/index.js';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../..', import.meta.url));

/** Runs a program in the project's folder, where the package is known by its own name. */
async function node(program: string, type: 'module' | 'commonjs' = 'module'): Promise<string> {
  const { stdout } = await run(process.execPath, [`--input-type=${type}`, '--eval', program], { cwd: root });
  return stdout.trim();
}

describe('what is published', () => {
  let files: string[];

  beforeAll(async () => {
    const { stdout } = await run('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: root });
    const [{ files: listed }] = JSON.parse(stdout) as [{ files: { path: string }[] }];
    files = listed.map(({ path }) => path);
  });

  it.each([
    'bin/subsocket.js',
    'dist/index.js',
    'dist/index.d.ts',
    'dist/bin/main.js',
    'dist/bin/THIRD-PARTY-LICENSES.txt',
    'binding.gyp',
    'native/constants.inc',
    'docs/ping.md',
    'examples/ping-once.mjs',
    'LICENSE',
    'README.md',
    'CHANGELOG.md',
  ])('has %s', path => {
    expect(files).toContain(path);
  });

  it('has nothing that only its makers need', () => {
    const needless =
      /^(?!LICENSE|README|CHANGELOG|package\.json|binding\.gyp|(?:bin|dist|docs|examples|native|prebuilds)\/)/;
    expect(files.filter(path => needless.test(path))).toEqual([]);
    expect(files.filter(path => /\.test\.|\.map$|tsbuildinfo/.test(path))).toEqual([]);
  });
});

it('can be required from CommonJS', async () => {
  const program = `
    const { createSocket } = require('node:dgram');
    const { setOption, getOption } = require('subsocket');
    const socket = createSocket('udp4').bind(0, '127.0.0.1', () => {
      setOption(socket, 'IP_TOS', 'EF');
      console.log(getOption(socket, 'IP_TOS'));
      socket.close();
    });`;
  expect(await node(program, 'commonjs')).toBe('EF');
});

describeNeeding('icmpSockets', 'ping', () => {
  it('can be required from CommonJS', async () => {
    const program =
      "require('subsocket').ping('127.0.0.1', { count: 1 }).summary().then(end => console.log(end.received));";
    expect(await node(program, 'commonjs')).toBe('1');
  });
});

it('can be imported on another system, where each call says that it works on Linux only', async () => {
  const program = `
    Object.defineProperty(process, 'platform', { value: 'darwin' });
    const { DatagramSocket, getOption, IpAddress, connect, listGroups, ping, socketPair, traceroute, watchPath } = await import('subsocket');
    const calls = [
      () => ping('127.0.0.1').summary(),
      () => ping(['127.0.0.1']).summary(),
      () => traceroute('127.0.0.1').result(),
      () => traceroute('127.0.0.1')[Symbol.asyncIterator]().next(),
      () => watchPath('127.0.0.1')[Symbol.asyncIterator]().next(),
      () => DatagramSocket.open(),
      () => listGroups(),
      () => connect({ host: '127.0.0.1', port: 9 }),
      () => getOption(0, 'SO_TYPE'),
      () => socketPair(),
    ];
    const told = [];
    for (const call of calls) {
      try {
        told.push(await call());
      } catch (error) {
        told.push(error.code);
      }
    }
    console.log(JSON.stringify({ told, pure: String(IpAddress.parse('::0:1')) }));`;
  const { told, pure } = JSON.parse(await node(program));
  expect(new Set(told)).toEqual(new Set(['ERR_SUBSOCKET_UNSUPPORTED']));
  expect(pure).toBe('::1');
});
