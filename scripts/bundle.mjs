// Puts the command line into few files, dist/bin: reading and linking some hundred modules one by one takes longer than a
// ping does. The library stays as it is compiled. The argument is the folder of what was compiled; default: dist.
// The licences of the packages that went in go beside it.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
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
const { metafile } = await build({
  absWorkingDir: root,
  metafile: true,
  entryPoints: [join(compiled, 'cli/main.js')],
  outdir,
  bundle: true,
  splitting: true,
  platform: 'node',
  target: 'node20.19',
  format: 'esm',
  external: ['bindings'],
  banner: { js: banner },
  // A start reads it all; functions keep their names, for whoever reads a stack.
  minifyWhitespace: true,
  minifySyntax: true,
  logLevel: 'warning',
});

const packages = new Set(
  Object.keys(metafile.inputs).flatMap(path => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? []),
);
const notices = [...packages].map(
  name => `${name}\n\n${readFileSync(join(root, 'node_modules', name, 'LICENSE'), 'utf8')}`,
);
writeFileSync(join(outdir, 'THIRD-PARTY-LICENSES.txt'), notices.join('\n'));
