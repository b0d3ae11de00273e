import { expect, it } from 'vitest';
import { projectFiles } from './project-files.js';

/** A file that outgrows this has two subjects. */
const MOST_LINES = 250;

it(`no source file has more than ${MOST_LINES} lines`, () => {
  const files = [...projectFiles('src', /(?<!\.generated)\.ts$/), ...projectFiles('native', /\.(cc|h)$/)];
  const long = files
    .map(({ path, text }) => ({ path, lines: text.split('\n').length - 1 }))
    .filter(({ lines }) => lines > MOST_LINES);
  expect(long).toEqual([]);
});
