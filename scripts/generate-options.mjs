// Writes docs/options.md: every option of the table, by level. With --check tells whether the file is up to date.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '..');
export const optionsPath = join(root, 'docs/options.md');

/** The table itself, straight from its sources: it needs neither the addon nor a build. */
async function loadTable() {
  const entry = join(root, 'src/options/table.ts');
  const { outputFiles } = await build({ entryPoints: [entry], bundle: true, format: 'esm', write: false });
  const { ALL_OPTIONS } = await import(
    `data:text/javascript;base64,${Buffer.from(outputFiles[0].text).toString('base64')}`
  );
  return ALL_OPTIONS;
}

const ACCESS = { r: 'read', w: 'set', rw: 'read, set' };
const COLUMNS = [
  'Option',
  'Value',
  'Unit',
  'Range',
  'Access',
  'Sockets',
  'Since',
  'Capability',
  'Manual',
  'What it does',
];

/** A type that is longer than this stands below the table. */
const LONGEST_SHAPE = 60;

const INTRODUCTION = `# Socket options

Every option of the table, by level and by its name in the kernel. \`setOption(socket, name, value)\` and
\`getOption(socket, name)\` take any of them; the type of the value follows from the name. Times are milliseconds whatever
the kernel counts. Where a name is taken, so is the number; reading gives the name where there is one.

*Sockets* are the kinds that have the option; \`ip\` and \`ip6\` are all of AF_INET and of AF_INET6. *Capability* is what
setting it needs. An option that the running kernel does not have yet fails with ENOPROTOOPT.

This page is written by \`npm run generate\` from \`src/options/table\`.
`;

/** The text of the page. */
export async function generateOptions() {
  const options = await loadTable();
  const levels = groupByLevel(options);
  const sections = [...levels].map(([level, members]) => section(level, members));
  return `${INTRODUCTION}\n${options.length} options.\n\n${sections.join('\n')}`;
}

function groupByLevel(options) {
  const levels = new Map();
  for (const option of options) levels.set(option.level, [...(levels.get(option.level) ?? []), option]);
  return levels;
}

function section(level, options) {
  const rows = options.map(option => `| ${cells(option).map(cellText).join(' | ')} |`);
  const long = options.filter(({ codec }) => codec.shape.length > LONGEST_SHAPE);
  const shapes = long.map(({ name, codec }) => `\`${name}\`:\n\n\`\`\`ts\n${spread(codec.shape)}\n\`\`\`\n`);
  const head = `| ${COLUMNS.join(' | ')} |\n|${' --- |'.repeat(COLUMNS.length)}`;
  return [`## ${level}`, '', head, ...rows, '', ...shapes].join('\n');
}

function cells(option) {
  const { name, codec, unit = '', access, on, since, manual, about, consumes } = option;
  const either = option.capabilityOr === undefined ? [option.capability] : [option.capability, option.capabilityOr];
  const capability = [either.join(' or '), option.capabilityWhen].join(' ').trim();
  const value = codec.shape.length > LONGEST_SHAPE ? 'below' : `\`${codec.shape}\``;
  const sentence = consumes === undefined ? about : `${about} Reading it ${consumes}.`;
  return [
    `\`${name}\``,
    value,
    unit,
    rangeOf(option),
    ACCESS[access],
    on.join(', '),
    since,
    capability,
    manual,
    sentence,
  ];
}

function rangeOf({ range, gap, codec }) {
  const limits = range ?? codec.range;
  if (limits === undefined) return '';
  const whole = `${limits[0]} to ${limits[1]}`;
  if (gap === undefined) return whole;
  return gap[0] === gap[1] ? `${whole} but ${gap[0]}` : `${whole} but ${gap[0]} to ${gap[1]}`;
}

const cellText = text => text.replaceAll('|', '\\|');

/** One member, or one name, a line. */
function spread(shape) {
  if (shape.startsWith('{')) return shape.replace(/^\{ /, '{\n  ').replace(/ \}/, '\n}').replaceAll('; ', ';\n  ');
  return shape.replaceAll(' | ', '\n  | ');
}

if (process.argv[1] === import.meta.filename) {
  const text = await generateOptions();
  if (process.argv.includes('--check')) {
    if (readFileSync(optionsPath, 'utf8') !== text) {
      console.error('docs/options.md is out of date: run `npm run generate`');
      process.exitCode = 1;
    }
  } else {
    writeFileSync(optionsPath, text);
  }
}
