// Puts the command line into dist/bin, one file a command and one that finds it: reading and linking some hundred modules one
// by one takes longer than a ping does, and a dozen that commands share still a quarter of one. The library stays as it is
// compiled. The argument is the folder of what was compiled; default: dist. The licences of the packages that went in go
// beside it.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const compiled = resolve(root, process.argv[2] ?? 'dist');
const outdir = join(compiled, 'bin');

/** commander and bindings are CommonJS: they ask for Node's modules with `require`, which ES modules do not have. */
const banner =
  "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);";

const main = join(compiled, 'cli/main.js');

/** What `main` loads when it is asked for: commands, and little else. Each is a file of its own. */
const parts = [...readFileSync(main, 'utf8').matchAll(/import\('(\.[^']+)'\)/g)].map(([, path]) => path);

const partsApart = {
  name: 'parts-apart',
  setup({ onResolve }) {
    onResolve({ filter: /^\./ }, ({ path, kind, importer }) =>
      kind === 'dynamic-import' && importer === main ? { path: `./${basename(path)}`, external: true } : undefined,
    );
  },
};

rmSync(outdir, { recursive: true, force: true });
const { metafile } = await build({
  absWorkingDir: root,
  metafile: true,
  entryPoints: [main, ...parts.map(path => join(dirname(main), path))],
  entryNames: '[name]',
  outdir,
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  format: 'esm',
  external: ['bindings'],
  plugins: [partsApart],
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
