// Runs vitest, in this namespace or, for tiers that need privilege which this user lacks, as root of one of its own.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../setup/run.mjs';

const UNPRIVILEGED = ['unit', 'simulation'];
/** Tiers in which some tests open raw sockets or make network namespaces. */
const PRIVILEGED = ['kernel', 'namespaces', 'interop'];

/**
 * root in a user namespace of its own, with network and mounts of its own: what an ordinary user may do (unshare(1)). Its
 * loopback begins down.
 */
const UNSHARE = ['unshare', '--map-root-user', '--net', '--mount', '--'];
const WITH_LOOPBACK = [...UNSHARE, 'sh', '-c', 'ip link set lo up; exec "$@"', 'sh'];

function canUnshare() {
  return spawnSync(UNSHARE[0], [...UNSHARE.slice(1), 'true'], { stdio: 'ignore' }).status === 0;
}

/** As root of the machine, and not as that of a container, which has few capabilities. */
function hasPrivilege() {
  return spawnSync('unshare', ['--net', '--', 'true'], { stdio: 'ignore' }).status === 0;
}

/** Which tiers run how. Where nothing gives privilege the tests are run all the same, and skip with the reason. */
function rounds() {
  if (hasPrivilege() || !canUnshare()) return [{ prefix: [], tiers: [...UNPRIVILEGED, ...PRIVILEGED] }];
  return [
    { prefix: [], tiers: UNPRIVILEGED },
    { prefix: WITH_LOOPBACK, tiers: PRIVILEGED },
  ];
}

/**
 * Runs the tests of some tiers that `args` (filters and options of vitest) choose, and adds them to the tally.
 * @param words what runs Node: [process.execPath], perhaps behind words that change its namespace
 * @param stdio as of spawnSync
 * @returns what vitest printed, where `stdio` pipes it
 */
export function runTiers(words, tiers, args, tally, stdio = 'inherit') {
  const folder = mkdtempSync(join(tmpdir(), `subsocket-test-${process.pid}-`));
  const output = join(folder, 'report.json');
  const projects = tiers.flatMap(tier => ['--project', tier]);
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${output}`];
  const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--passWithNoTests', ...projects, ...reporters, ...args];
  const [command, ...rest] = [...words, ...vitest];
  const { status, stdout, stderr } = spawnSync(command, rest, { cwd: root, stdio, encoding: 'utf8' });
  if (existsSync(output)) tally.addReport(JSON.parse(readFileSync(output, 'utf8')), status);
  else tally.fail(`vitest ended with status ${status} and no report`);
  rmSync(folder, { recursive: true });
  return `${stdout ?? ''}${stderr ?? ''}`;
}

/** Runs the tests of every tier that `args` choose. */
export function runVitest(args, tally) {
  for (const { prefix, tiers } of rounds()) runTiers([...prefix, process.execPath], tiers, args, tally);
}
