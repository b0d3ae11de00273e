// `npm run test:nodes`: the kernel tier on every supported Node, with one and the same compiled addon. The Nodes are real
// binaries out of npm packages, kept in build/nodes.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fingerprint } from './setup/fingerprint.mjs';
import { report, root, run } from './setup/run.mjs';
import { Tally } from './test/tally.mjs';
import { runTiers } from './test/vitest.mjs';

const MAJORS = [20, 22, 24, 26];
const ADDON = 'build/Release/subsocket.node';
const folder = join(root, 'build/nodes');

const packageOf = major => join(folder, 'node_modules', `node-${major}`);
const binaryOf = major => join(packageOf(major), 'bin/node');

function install() {
  if (MAJORS.every(major => existsSync(binaryOf(major)))) return;
  report(`installing Node ${MAJORS.join(', ')}`);
  mkdirSync(folder, { recursive: true });
  // Of its own, or npm would take the project's manifest for that of this folder.
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  const packages = MAJORS.map(major => `node-${major}@npm:node-linux-${process.arch}@${major}`);
  run('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', ...packages], { cwd: folder });
}

function testOn(major, total) {
  const tally = new Tally();
  const binary = binaryOf(major);
  const output = runTiers([binary], ['kernel'], process.argv.slice(2), tally, 'pipe');
  if (tally.failed > 0) process.stdout.write(output);
  const version = run(binary, ['--version']).trim();
  console.log(`Node ${version}: ${tally.counts}`);
  total.add(tally, version);
}

const { status } = spawnSync(process.execPath, ['scripts/setup.mjs', '--test'], { cwd: root, stdio: 'inherit' });
if (status !== 0) process.exit(status ?? 1);
install();
const total = new Tally();
const addon = fingerprint([ADDON]);
for (const major of MAJORS) testOn(major, total);
if (fingerprint([ADDON]) === addon) total.pass();
else total.fail('one compiled addon serves every Node: it was built again meanwhile');
total.print();
process.exitCode = total.failed === 0 ? 0 : 1;
