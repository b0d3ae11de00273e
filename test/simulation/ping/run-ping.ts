import { expect } from 'vitest';
import { PingEngine } from '../../../src/engine/ping/ping-engine.js';
import type { PingEvent, PingSummary, PingTotal } from '../../../src/engine/ping/ping-event.js';
import type { PingTargetSource } from '../../../src/engine/ping/ping-options.js';
import { type Family, IpAddress } from '../../../src/wire/ip-address.js';
import { Simulation, type SimulationResult } from '../../support/simulation/run-simulation.js';
import type { Scenario } from '../../support/simulation/scenario.js';
import { type Counts, type PingScenario, PLACES, type Places } from './ping-scenario.js';

const MILLISECOND = 1e6;
const IDENTIFIER = 4711;

export interface PingOutcome extends SimulationResult<PingEvent> {
  total: PingTotal;
  summaries: PingSummary[];
  drops: number;
}

/** Runs a scenario and holds the engine to its invariants after every step. */
export function runPing(scenario: PingScenario, family: Family): PingOutcome {
  const places = PLACES[family];
  const simulation = new Simulation(internetOf(scenario, places));
  const engine = createEngine(scenario, places, simulation);
  const result = simulation.run(engine, {
    finished: () => engine.done,
    onStep: () => {
      const { sent, received, lost } = engine.counts;
      if (sent !== received + lost + engine.pending) {
        throw new Error(`sent ${sent}, received ${received}, lost ${lost}, pending ${engine.pending}`);
      }
    },
  });
  const total = result.events.find(event => event.type === 'total');
  if (total === undefined) throw new Error('the run ended without a total');
  const summaries = result.events.filter(event => event.type === 'summary');
  return { ...result, total, summaries, drops: simulation.host.drops };
}

/** Holds the outcome to what the scenario expects. */
export function checkPing(scenario: PingScenario, family: Family): void {
  const { expect: expected } = scenario;
  const outcome = runPing(scenario, family);
  const { events, total } = outcome;
  expect(countsOf(total)).toEqual(withZeros(expected.counts));
  checkSummaries(outcome, scenario);
  if (expected.events) expect(events.flatMap(describeEvent)).toEqual(expected.events);
  if (expected.rtt !== undefined) checkRtt(total, expected.rtt);
  if (expected.clocks) {
    expect(events.flatMap(event => (event.type === 'reply' ? [event.clock] : []))).toEqual(expected.clocks);
  }
  if (expected.elapsed !== undefined) expect(outcome.elapsed).toBeCloseTo(expected.elapsed, 6);
  if (expected.answered !== undefined) expect(total.answered).toBe(expected.answered);
  if (expected.targets !== undefined) expect(total.targets).toBe(expected.targets);
  if (expected.drops !== undefined) expect(total.drops).toBe(expected.drops);
  if (expected.error) expect(first(events, 'error')).toMatchObject(expected.error(PLACES[family]));
  if (expected.corrupt) expect(first(events, 'corrupt')).toMatchObject(expected.corrupt);
  if (expected.reply) expect(first(events, 'reply')).toMatchObject(expected.reply(PLACES[family]));
}

function first(events: readonly PingEvent[], type: PingEvent['type']): PingEvent | undefined {
  return events.find(event => event.type === type);
}

/** The summaries of all targets add up to the total, and to what the events told. */
function checkSummaries({ events, summaries, total }: PingOutcome, { options }: PingScenario): void {
  const report = options?.report ?? 'all';
  if (report === 'total' || report === 'problems') return;
  expect(summaries).toHaveLength(total.targets);
  const sum = (field: keyof Counts) => summaries.reduce((partial, summary) => partial + summary[field], 0);
  for (const field of ['sent', 'received', 'lost', 'duplicates', 'errors'] as const)
    expect(sum(field)).toBe(total[field]);
  if (report !== 'all') return;
  const told = (type: PingEvent['type']) => events.filter(event => event.type === type).length;
  expect(told('start')).toBe(total.targets);
  expect(told('reply')).toBe(total.received);
  expect(told('duplicate')).toBe(total.duplicates);
  expect(told('error')).toBe(total.errors);
  expect(told('timeout') + told('error')).toBeGreaterThanOrEqual(total.lost);
}

function checkRtt({ rtt }: PingTotal, expected: NonNullable<PingScenario['expect']['rtt']> | null): void {
  if (expected === null || rtt === null) {
    expect(rtt).toBe(expected);
    return;
  }
  for (const [field, value] of Object.entries(expected)) expect(rtt[field as 'min']).toBeCloseTo(value, 6);
}

function createEngine(scenario: PingScenario, places: Places, simulation: Simulation): PingEngine {
  const { interval = 1000, timeout = 1000, deadline, minimumInterval, ...options } = scenario.options ?? {};
  const socket = scenario.socket ?? 'raw';
  return new PingEngine({
    count: 5,
    ...options,
    interval: interval * MILLISECOND,
    timeout: timeout * MILLISECOND,
    deadline: deadline && deadline * MILLISECOND,
    minimumInterval: minimumInterval && minimumInterval * MILLISECOND,
    targets: sourceOf(scenario.targets?.(places) ?? [places.target]),
    lanes: { 4: { identifier: IDENTIFIER, socket }, 6: { identifier: IDENTIFIER, socket } },
    seed: [1, 2, 3, 4],
    drops: () => simulation.channel.drops,
  });
}

function internetOf(scenario: PingScenario, places: Places): Scenario {
  const given = scenario.internet?.(places) ?? {};
  const kind = scenario.socket ?? 'raw';
  const lanes = ([4, 6] as const).map(family => ({ family, protocol: 'icmp' as const, kind, port: IDENTIFIER }));
  return {
    seed: scenario.seed,
    routes: [{ to: places.family === 4 ? '0.0.0.0/0' : '::/0', path: [{ address: places.router }] }],
    ...given,
    host: { lanes, ...given.host },
  };
}

function sourceOf(targets: Iterable<string>): PingTargetSource {
  const iterator = targets[Symbol.iterator]();
  return {
    next: () => {
      const { done, value } = iterator.next();
      return done ? undefined : { address: IpAddress.parse(value) };
    },
  };
}

function describeEvent(event: PingEvent): string[] {
  return 'sequence' in event ? [`${event.type} ${event.sequence}`] : [];
}

function withZeros(counts: Counts): Required<Counts> {
  return { received: 0, lost: 0, duplicates: 0, late: 0, corrupted: 0, foreign: 0, errors: 0, ...counts };
}

function countsOf(total: PingTotal): Required<Counts> {
  const { sent, received, lost, duplicates, late, corrupted, foreign, errors } = total;
  return { sent, received, lost, duplicates, late, corrupted, foreign, errors };
}
