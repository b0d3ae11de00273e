// `npm run bench [NAME...]`: runs the measurements of every subject in a network namespace of its own and prints one table.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { cpus, release } from 'node:os';
import { fileURLToPath } from 'node:url';

const folder = new URL('.', import.meta.url);
const INSIDE = 'SUBSOCKET_BENCH_NAMESPACE';

function subjects() {
  const asked = process.argv.slice(2);
  const all = readdirSync(folder)
    .filter(name => name.endsWith('.mjs') && name !== 'run.mjs')
    .map(name => name.slice(0, -4));
  const unknown = asked.filter(name => !all.includes(name));
  if (unknown.length > 0) throw new Error(`no such subject: ${unknown.join(', ')}; there are: ${all.join(', ')}`);
  return asked.length > 0 ? asked : all;
}

/** Again in a fresh network namespace, with a loopback that is up: nothing else of this machine is in the way. */
function enterNamespace() {
  const unshare = process.getuid() === 0 ? ['-n'] : ['-Urn'];
  const script = 'ip link set lo up && exec "$@"';
  const command = [...unshare, 'sh', '-c', script, 'sh', process.execPath, fileURLToPath(import.meta.url)];
  const { status } = spawnSync('unshare', [...command, ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: { ...process.env, [INSIDE]: '1' },
  });
  process.exitCode = status ?? 1;
}

function format({ figure, value, unit, limit, met }) {
  const bound = limit.least !== undefined ? `>= ${limit.least}` : limit.most !== undefined ? `<= ${limit.most}` : '';
  const verdict = bound === '' ? '' : met ? 'met' : 'MISSED';
  return [figure.padEnd(76), `${round(value)} ${unit}`.padStart(16), bound.padStart(12), verdict.padStart(8)].join(' ');
}

function round(value) {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 3;
  return value.toLocaleString('en', { maximumFractionDigits: digits });
}

async function measureAll() {
  console.log(`${cpus().length} cores, Linux ${release()}, Node ${process.version}\n`);
  let missed = 0;
  for (const name of subjects()) {
    console.log(name);
    const { run } = await import(new URL(`${name}.mjs`, folder).href);
    for await (const measured of await run()) {
      console.log(`  ${format(measured)}`);
      if (!measured.met) missed++;
    }
  }
  console.log(missed === 0 ? '\nevery limit was met' : `\n${missed} missed`);
}

if (process.env[INSIDE] === '1') await measureAll();
else enterNamespace();
