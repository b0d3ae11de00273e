import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type ProjectFile, projectFiles } from './project-files.js';

interface Layer {
  /** Layers, or single files of one, that it may import beside itself. */
  imports: readonly string[];
  /** Packages, and 'node:' for Node's own modules. */
  packages: readonly string[];
  /** Reads no clock, environment, timer or random source: those are arguments. */
  pure?: boolean;
}

/** What an engine and its driver ask of a channel: the sockets implement it, so they know these files and no engine. */
const CHANNEL_CONTRACT = ['engine/arrival.ts', 'engine/packet-channel.ts', 'engine/packet-slot.ts'];

/** Who may import whom; docs/architecture.md says why. */
const LAYERS: Readonly<Record<string, Layer>> = {
  wire: { imports: [], packages: [], pure: true },
  options: { imports: ['wire'], packages: [], pure: true },
  engine: { imports: ['wire'], packages: [], pure: true },
  io: { imports: ['options', 'wire'], packages: ['node:', 'bindings'] },
  sockets: { imports: ['io', 'options', 'wire', ...CHANNEL_CONTRACT], packages: ['node:'] },
  tools: { imports: ['engine', 'sockets', 'io', 'options', 'wire'], packages: ['node:'] },
  cli: { imports: ['tools', 'engine', 'sockets', 'io', 'options', 'wire'], packages: ['node:', 'commander'] },
};

const IMPURE =
  /\b(?:Date\.now|new Date\(\)|performance\.\w|process\.\w|setTimeout|setInterval|setImmediate|Math\.random|crypto\.\w)/;

const layerOf = (path: string): string => path.split('/')[0] ?? '';
const withoutComments = (text: string): string =>
  text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1');

/** Static imports and re-exports, imports for their effects, and calls of `import` and `require`. */
const IMPORTS = [
  /^\s*(?:import|export)\b[^;'"]*?\bfrom\s*['"]([^'"]+)['"]/gm,
  /^\s*import\s*['"]([^'"]+)['"]/gm,
  /\b(?:import|require)\s*\(\s*['"]([^'"]+)['"]/g,
];

function importsOf({ text }: ProjectFile): string[] {
  const code = withoutComments(text);
  return IMPORTS.flatMap(pattern => [...code.matchAll(pattern)].map(match => match[1] ?? ''));
}

function isAllowed(file: string, specifier: string, { imports, packages }: Layer): boolean {
  if (!specifier.startsWith('.'))
    return packages.some(name => specifier === name || (name === 'node:' && specifier.startsWith(name)));
  const target = join(dirname(file), specifier).replace(/\.js$/, '.ts');
  return layerOf(target) === layerOf(file) || imports.includes(layerOf(target)) || imports.includes(target);
}

const sources = projectFiles('src', /\.ts$/).map(({ path, text }) => ({ path: path.slice('src/'.length), text }));

const layers = Object.entries(LAYERS).map(([name, layer]) => ({ name, ...layer }));

it.each(layers)('$name imports only itself and what lies below it', ({ name, ...layer }) => {
  const offences = sources
    .filter(({ path }) => layerOf(path) === name)
    .flatMap(file =>
      importsOf(file)
        .filter(specifier => !isAllowed(file.path, specifier, layer))
        .map(specifier => `${file.path} imports ${specifier}`),
    );
  expect(offences).toEqual([]);
});

it.each(layers.filter(({ pure }) => pure))('$name reads no clock, environment, timer or random source', ({ name }) => {
  const offences = sources
    .filter(({ path }) => layerOf(path) === name)
    .flatMap(({ path, text }) => {
      const match = IMPURE.exec(withoutComments(text));
      return match === null ? [] : [`${path}: ${match[0]}`];
    });
  expect(offences).toEqual([]);
});

it('every source file lies in a layer, or is the index', () => {
  const strays = sources.filter(({ path }) => LAYERS[layerOf(path)] === undefined).map(({ path }) => path);
  expect(strays.filter(path => path !== 'index.ts')).toEqual([]);
});

describe('the layering test itself', () => {
  const wire = LAYERS.wire as Layer;
  const sockets = LAYERS.sockets as Layer;

  it.each([
    ['wire/a.ts', '../io/native.js', wire],
    ['wire/a.ts', 'node:net', wire],
    ['sockets/raw.ts', '../engine/ping/ping-engine.js', sockets],
    ['sockets/deep/raw.ts', '../../tools/ping.js', sockets],
    ['sockets/raw.ts', 'commander', sockets],
  ])('refuses %s importing %s', (file, specifier, layer) => {
    expect(isAllowed(file, specifier, layer)).toBe(false);
  });

  it.each([
    ['wire/deep/a.ts', '../b.js', wire],
    ['sockets/raw.ts', 'node:net', sockets],
    ['sockets/deep/raw.ts', '../../engine/arrival.js', sockets],
  ])('allows %s importing %s', (file, specifier, layer) => {
    expect(isAllowed(file, specifier, layer)).toBe(true);
  });

  it.each([
    ["import type { A } from './a.js';", './a.js'],
    ["export * from './a.js';", './a.js'],
    ["import './a.js';", './a.js'],
    ["const a = await import('./a.js');", './a.js'],
    ["import {\n  a,\n  b,\n} from './a.js';", './a.js'],
  ])('finds the import in %j', (text, specifier) => {
    expect(importsOf({ path: 'x.ts', text })).toEqual([specifier]);
  });

  it('does not take a comment for an import', () => {
    const text = "/** import { a } from './a.js'; */\n// from './b.js'\nconst url = 'x://from';";
    expect(importsOf({ path: 'x.ts', text })).toEqual([]);
  });
});
