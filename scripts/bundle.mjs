// Puts the command line into few files, dist/bin: reading and linking some hundred modules one by one takes longer than a
// ping does. The library stays as it is compiled. The argument is the folder of what was compiled; default: dist.
import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const compiled = resolve(root, process.argv[2] ?? 'dist');
const outdir = join(compiled, 'bin');

/** commander and bindings are CommonJS: they ask for Node's modules with `require`, which ES modules do not have. */
const banner =
  "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);";

rmSync(outdir, { recursive: true, force: true });
await build({
  entryPoints: [join(compiled, 'cli/main.js')],
  outdir,
  bundle: true,
  splitting: true,
  platform: 'node',
  target: 'node20.19',
  format: 'esm',
  external: ['bindings'],
  banner: { js: banner },
  logLevel: 'warning',
});
