import fs from 'node:fs';

/** The bytes of a path, which name the same file when the process has changed its directory. */
export function absolutePath(path: string | Uint8Array): Buffer {
  const bytes = Buffer.from(path);
  return bytes[0] === SLASH ? bytes : Buffer.concat([Buffer.from(`${process.cwd()}/`), bytes]);
}

const SLASH = 0x2f;

/** A short name of a path that is the same for every way of writing it. */
export function identityOfPath(path: Buffer): string {
  const slash = path.lastIndexOf(SLASH);
  const directory = statOrNone(path.subarray(0, slash + 1));
  let hash = 5381n;
  for (const byte of path.subarray(slash)) hash = BigInt.asUintN(64, hash * 33n + BigInt(byte));
  return `${directory?.dev ?? 0}-${directory?.ino ?? 0}-${hash.toString(36)}`;
}

/** What stands in a socket's place, in words; undefined for a socket, for nothing, and for what cannot be looked at. */
export function strangerAt(path: Buffer): string | undefined {
  const found = statOrNone(path);
  if (found === undefined || found.isSocket()) return undefined;
  return `the path is a ${found.isDirectory() ? 'directory' : 'file'} and no socket`;
}

function statOrNone(path: Buffer): fs.Stats | undefined {
  try {
    return fs.statSync(path);
  } catch {
    return undefined;
  }
}
