// Serves a path of ten routers, 50 ms there and back, behind a TUN device, until it is killed: 198.51.100.1 lies behind a
// router that reports its link of 1400 bytes, 198.51.100.2 behind one that drops silently what exceeds 1300.
// Bundled by bench/mtu.mjs, because it uses the tests' TypeScript.
import { spawnSync } from 'node:child_process';
import { TunInternet } from '../../test/support/lab/tun-internet.ts';

const HOPS = 10;
const DELAY = 50 / (2 * (HOPS + 1));
const FOURTH = 4;

const link = { delay: DELAY, mtu: 1500 };

function path(mtu, blackHole) {
  return Array.from({ length: HOPS }, (_, index) => ({
    address: `10.77.${index + 1}.1`,
    link: index === FOURTH ? { delay: DELAY, mtu } : link,
    blackHole: blackHole && index + 1 === FOURTH,
  }));
}

/** The namespace that this runs in stands for a host. */
const here = {
  pid: process.pid,
  ip: (...commands) => {
    const { status, stderr } = spawnSync('ip', ['-batch', '-'], { input: commands.join('\n'), encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
  },
  whenClosed: () => undefined,
};

new TunInternet(
  here,
  [
    { to: '198.51.100.1', path: path(1400, false), link },
    { to: '198.51.100.2', path: path(1300, true), link },
  ],
  { addresses: { 4: '192.0.2.1/32' } },
);
process.stdout.write('ready\n');
