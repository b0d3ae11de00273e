import { expect, test } from 'vitest';
import { SizeFacts } from '../../../../src/engine/mtu/size-facts.js';

const report = (size: number, mtu: number, round: number) => ({
  size,
  mtu,
  round,
  from: '10.0.0.1',
  credible: mtu < size,
  refuted: false,
  quotedHopLimit: -1,
  replyHopLimit: -1,
});

test('the newest evidence decides: a size that was reported and then got through fits', () => {
  const facts = new SizeFacts();
  facts.addReport(report(1400, 1300, 0));
  expect(facts.verdict(1400)).toBe('too-big');
  facts.addFit(1400);
  expect(facts.verdict(1400)).toBe('fits');
});

test('one loss of a size that fits proves nothing, many do', () => {
  const facts = new SizeFacts();
  facts.addSent(1400);
  facts.addFit(1400);
  facts.addLost(1400);
  expect(facts.verdict(1400)).toBe('fits');
  while (facts.lostOf(1400) < 20) facts.addLost(1400);
  expect(facts.verdict(1400)).toBe('silent');
});

test('more losses are asked for where more of what fits is lost', () => {
  const facts = new SizeFacts();
  const careless = facts.lossesNeeded;
  for (let packet = 0; packet < 10; packet++) {
    facts.addSent(68);
    if (packet % 4 === 0) facts.addLost(68);
    else facts.addFit(68);
  }
  expect(facts.lossesNeeded).toBeGreaterThan(careless);
});

test('two reports of what had got through cap the size: paths of different MTU', () => {
  const facts = new SizeFacts();
  facts.addFit(1500);
  facts.round = 1;
  facts.addReport(report(1450, 1400, 1));
  expect(facts.cap).toBe(Number.POSITIVE_INFINITY);
  facts.addReport(report(1420, 1400, 1));
  expect(facts.cap).toBe(1400);
  expect(facts.verdict(1500)).toBe('too-big');
  expect(facts.smallest(verdict => verdict === 'too-big', 1400)).toBe(1401);
});

test('a loss that is taken back is none', () => {
  const facts = new SizeFacts();
  facts.addLost(1500);
  expect(facts.silentSizes).toEqual([1500]);
  facts.takeBackLost(1500);
  expect(facts.silentSizes).toEqual([]);
});
