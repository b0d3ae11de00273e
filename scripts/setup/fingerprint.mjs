// Tells whether the inputs of a build have changed since it was last made: a hash of their contents, kept beside what was
// built, so that it goes when that is deleted. Contents and not times, for a checkout changes times at will.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from './run.mjs';

function filesBelow(path) {
  if (!statSync(path).isDirectory()) return [path];
  const children = readdirSync(path).sort();
  return children.flatMap(child => filesBelow(join(path, child)));
}

/** Hash of the names and contents of all files in and below `paths`, and of `extra`. */
export function fingerprint(paths, extra = '') {
  const hash = createHash('sha256').update(extra);
  for (const path of paths) {
    for (const file of filesBelow(join(root, path))) hash.update(`\0${file}\0`).update(readFileSync(file));
  }
  return hash.digest('hex');
}

/** Calls `build` where the inputs changed or the output is not there, and remembers that it succeeded. */
export function whenChanged({ inputs, output, stamp, extra }, build) {
  const now = fingerprint(inputs, extra);
  const stampPath = join(root, stamp);
  const known = existsSync(join(root, output)) && existsSync(stampPath) && readFileSync(stampPath, 'utf8') === now;
  if (known) return;
  build();
  mkdirSync(dirname(stampPath), { recursive: true });
  writeFileSync(stampPath, now);
}
