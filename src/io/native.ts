import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { NativeAddon } from './native-addon.js';

export type * from './native-addon.js';
export type * from './native-batch.js';

export const UV_READABLE = 1;
export const UV_WRITABLE = 2;
export const UV_DISCONNECT = 4;
export const UV_PRIORITIZED = 8;

const PACKAGE = fileURLToPath(new URL('../..', import.meta.url));
const PREBUILDS = `${PACKAGE}prebuilds`;

let addon: NativeAddon | undefined;

/**
 * The addon, loaded at the first call: a prebuilt binary of this package if there is one, else the one that node-gyp built.
 * @throws Error with code 'ERR_SUBSOCKET_UNSUPPORTED' on a system other than Linux, or 'ERR_SUBSOCKET_NOT_BUILT' where
 * there is no binary for this platform.
 */
export function native(): NativeAddon {
  addon ??= load();
  return addon;
}

/** @throws Error with code 'ERR_SUBSOCKET_UNSUPPORTED' on a system other than Linux. */
export function requireLinux(): void {
  if (process.platform === 'linux') return;
  throw unavailable('ERR_SUBSOCKET_UNSUPPORTED', `subsocket works on Linux only; this is ${process.platform}`);
}

function load(): NativeAddon {
  requireLinux();
  const require = createRequire(import.meta.url);
  return loadPrebuilt(require) ?? loadBuilt(require);
}

const PLATFORM = `${process.platform}-${process.arch}`;

/**
 * prebuilds/PLATFORM-ARCHITECTURE/subsocket.node for glibc, or the one beside it for musl: the dynamic linker refuses the
 * wrong one, and asking it costs less than Node's report of what it was linked with.
 */
function loadPrebuilt(require: NodeJS.Require): NativeAddon | undefined {
  const paths = [PLATFORM, `${PLATFORM}-musl`].map(name => `${PREBUILDS}/${name}/subsocket.node`);
  for (const path of paths.filter(path => existsSync(path))) {
    try {
      return require(path) as NativeAddon;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ERR_DLOPEN_FAILED') throw error;
    }
  }
  return undefined;
}

function loadBuilt(require: NodeJS.Require): NativeAddon {
  const bindings = require('bindings') as typeof import('bindings');
  try {
    return bindings('subsocket') as NativeAddon;
  } catch (cause) {
    const message = `subsocket has no binary for ${PLATFORM}; build one with: npx node-gyp rebuild -C ${PACKAGE}`;
    throw unavailable('ERR_SUBSOCKET_NOT_BUILT', message, cause);
  }
}

function unavailable(code: string, message: string, cause?: unknown): Error {
  return Object.assign(new Error(message, { cause }), { code });
}
