import { expect, it } from 'vitest';
import { PingJson } from '../../../../src/cli/formats/ping-json.js';
import { collectedPage } from '../collected-page.js';

const TIMEOUT = { type: 'timeout', target: 'a\x9b31m\u202e.example', sequence: 2 } as const;

it('prints events as they are, one a line, harmless to a terminal', () => {
  const page = collectedPage();
  const format = new PingJson(page);
  format.event(TIMEOUT);
  format.event(TIMEOUT);
  const lines = page.stdout.split('\n');
  expect(lines).toHaveLength(3);
  expect(lines.slice(0, 2).map(line => JSON.parse(line))).toEqual([TIMEOUT, TIMEOUT]);
  expect(page.stdout).not.toMatch(/[\x80-\x9f\u202e]/);
});

it('adds the time where stamps are asked for', () => {
  const page = collectedPage();
  new PingJson(page, () => 1_695_000_000_123.456).event(TIMEOUT);
  expect(JSON.parse(page.stdout)).toEqual({ ...TIMEOUT, time: 1_695_000_000_123.456 });
});
