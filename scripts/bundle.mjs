// Puts the command line into few files, dist/bin: reading and linking some hundred modules one by one takes longer than a
// ping does. The library stays as it is compiled.
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const outdir = `${root}dist/bin`;

/** commander and bindings are CommonJS: they ask for Node's modules with `require`, which ES modules do not have. */
const banner =
  "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);";

rmSync(outdir, { recursive: true, force: true });
await build({
  entryPoints: [`${root}dist/cli/main.js`],
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
