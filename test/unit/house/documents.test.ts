import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { documents, projectFiles, projectRoot } from './project-files.js';

/** A sentence shorter than this may be a phrase that two pages share by chance. */
const LONG_SENTENCE = 60;
const LONG_CODE_LINES = 5;

const pages = documents();
const CODE = /^```[^\n]*\n([\s\S]*?)^```/gm;

function passagesOf(text: string): string[] {
  const code = [...text.matchAll(CODE)].map(match => match[1] ?? '');
  const prose = text.replace(CODE, '\n\n').split(/\n\s*\n|(?<=[.:!?])\s+|^\s*[-*|#>]/m);
  return [
    ...code.filter(block => block.split('\n').length > LONG_CODE_LINES),
    ...prose.map(sentence => sentence.replace(/\s+/g, ' ').trim()).filter(({ length }) => length >= LONG_SENTENCE),
  ];
}

it('no sentence and no program stands in two documents', () => {
  const places = new Map<string, Set<string>>();
  for (const { path, text } of pages) {
    for (const passage of passagesOf(text)) places.set(passage, (places.get(passage) ?? new Set()).add(path));
  }
  const repeated = [...places]
    .filter(([, paths]) => paths.size > 1)
    .map(([passage, paths]) => ({ passage, in: [...paths] }));
  expect(repeated).toEqual([]);
});

it('every relative link leads to a file', () => {
  const broken = pages.flatMap(({ path, text }) =>
    [...text.replace(CODE, '').matchAll(/\]\(([^)\s#]+)[^)]*\)/g)]
      .map(match => match[1] ?? '')
      .filter(target => !/^[a-z]+:/.test(target) && !existsSync(join(projectRoot, dirname(path), target)))
      .map(target => `${path}: ${target}`),
  );
  expect(broken).toEqual([]);
});

it('every example is linked to from a guide', () => {
  const guides = pages.map(({ text }) => text).join('\n');
  const examples = projectFiles('examples', /\.mjs$/).map(({ path }) => path);
  expect(examples.filter(path => !guides.includes(`](../${path})`))).toEqual([]);
});

it("no document names a folder of somebody's machine", () => {
  const named = pages.flatMap(({ path, text }) =>
    (text.match(/\/(?:work|root|home|Users)\/\w+/g) ?? []).map(found => `${path}: ${found}`),
  );
  expect(named).toEqual([]);
});

it('every program in a document is one that the oldest supported Node can read', () => {
  const AsyncFunction = (async () => undefined).constructor as new (body: string) => unknown;
  const unreadable = pages.flatMap(({ path, text }) =>
    [...text.matchAll(/^```js\n([\s\S]*?)^```/gm)].flatMap(([, program = '']) => {
      try {
        new AsyncFunction(program.replace(/^import [^;]*;$/gm, ''));
        return [];
      } catch (error) {
        return [`${path}: ${error}`];
      }
    }),
  );
  expect(unreadable).toEqual([]);
});
