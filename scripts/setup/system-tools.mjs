// Programs of the system: found on PATH, and installed where that can be done without asking (root on Debian or Ubuntu).
import { readFileSync } from 'node:fs';
import { isInstalled, report, run, SetupError } from './run.mjs';

/** What the tests run beside Node, by the Debian package that has it. */
export const testTools = {
  capsh: 'libcap2-bin',
  gcc: 'gcc',
  haproxy: 'haproxy',
  ip: 'iproute2',
  iperf: 'iperf',
  mtr: 'mtr-tiny',
  nft: 'nftables',
  ping: 'iputils-ping',
  python3: 'python3',
  setpriv: 'util-linux',
  smcroutectl: 'smcroute',
  socat: 'socat',
  strace: 'strace',
  'systemd-socket-activate': 'systemd',
  tracepath: 'iputils-tracepath',
  traceroute: 'traceroute',
  tshark: 'tshark',
};

export const benchTools = { fping: 'fping', gcc: 'gcc', ip: 'iproute2' };

function missingPackages(tools) {
  const missing = Object.keys(tools).filter(command => !isInstalled(command));
  return [...new Set(missing.map(command => tools[command]))];
}

function isDebian() {
  try {
    return /^(ID|ID_LIKE)=.*\b(debian|ubuntu)\b/m.test(readFileSync('/etc/os-release', 'utf8'));
  } catch {
    return false;
  }
}

function install(packages) {
  report(`installing ${packages.join(', ')}`);
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  run('apt-get', ['update', '-q'], { env });
  run('apt-get', ['install', '-q', '-y', '--no-install-recommends', ...packages], { env });
}

const commandFor = packages => `sudo apt-get update && sudo apt-get install -y ${packages.join(' ')}`;

/** Installs the tools that are missing. @returns the packages that could not be. */
function provide(tools) {
  const packages = missingPackages(tools);
  if (packages.length === 0 || process.getuid?.() !== 0 || !isDebian()) return packages;
  try {
    install(packages);
  } catch (error) {
    report(error.message);
  }
  return missingPackages(tools);
}

/** @throws SetupError with the command to run, where a tool is missing and cannot be installed. */
export function requireTools(tools, purpose) {
  const packages = provide(tools);
  if (packages.length === 0) return;
  throw new SetupError(`${purpose} needs ${packages.join(', ')}; install with:\n  ${commandFor(packages)}`);
}

/** As `requireTools`, but goes on without: what needs the tool says so when it is left out. */
export function wishForTools(tools) {
  const packages = provide(tools);
  if (packages.length === 0) return;
  report(`missing: ${packages.join(', ')}; tests that need them are skipped. Install with:\n  ${commandFor(packages)}`);
}
