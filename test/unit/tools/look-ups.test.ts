import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { LookUps } from '../../../src/tools/look-ups.js';

/** Look-ups in virtual time, answered by hand. */
class Questions {
  readonly lookUps = new LookUps<string>(
    address => new Promise((resolve, reject) => this.open.set(address, { resolve, reject })),
  );
  private readonly open = new Map<
    string,
    { resolve: (name: string | undefined) => void; reject: (error: unknown) => void }
  >();
  private readonly began = performance.now();

  /** Since when its silence counts. */
  since(address: string): number | undefined {
    const { since } = this.lookUps.openQuestion(address) ?? {};
    return since === undefined ? undefined : since - this.began;
  }

  async answer(address: string, name: string | undefined): Promise<void> {
    this.open.get(address)?.resolve(name);
    await this.lookUps.of(address);
    await vi.advanceTimersByTimeAsync(0);
  }

  async fail(address: string, code: string): Promise<void> {
    this.open.get(address)?.reject(Object.assign(new Error(code), { code }));
    await this.lookUps.of(address);
    await vi.advanceTimersByTimeAsync(0);
  }
}

describe('silence of DNS', () => {
  let questions: Questions;
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['performance', 'setTimeout'] });
    questions = new Questions();
  });
  afterEach(() => void vi.useRealTimers());
  const ask = (address: string) => void questions.lookUps.of(address);

  test('began with the first question, for all that follow', () => {
    ask('192.0.2.1');
    vi.advanceTimersByTime(700);
    ask('192.0.2.2');
    expect(questions.since('192.0.2.2')).toBe(0);
  });

  test('ends with any answer: a later question is given time of its own', async () => {
    ask('192.0.2.1');
    ask('192.0.2.2');
    vi.advanceTimersByTime(700);
    await questions.answer('192.0.2.2', 'r2.example');
    ask('192.0.2.3');
    expect(questions.since('192.0.2.3')).toBe(700);
    expect(questions.since('192.0.2.1')).toBe(0);
    expect(questions.since('192.0.2.2')).toBeUndefined();
    expect(questions.lookUps.known('192.0.2.2')).toBe('r2.example');
  });

  test.each(['ENOTFOUND', 'ENODATA', 'ESERVFAIL'])('ends with %s', async code => {
    ask('192.0.2.1');
    vi.advanceTimersByTime(700);
    await questions.fail('192.0.2.1', code);
    ask('192.0.2.2');
    expect(questions.since('192.0.2.2')).toBe(700);
  });

  test('goes on after a question timed out', async () => {
    ask('192.0.2.1');
    vi.advanceTimersByTime(6000);
    await questions.fail('192.0.2.1', 'ETIMEOUT');
    ask('192.0.2.2');
    expect(questions.since('192.0.2.2')).toBe(0);
  });

  test('asks about an address once', async () => {
    ask('192.0.2.1');
    await questions.answer('192.0.2.1', undefined);
    ask('192.0.2.1');
    expect(questions.since('192.0.2.1')).toBeUndefined();
    expect(questions.lookUps.known('192.0.2.1')).toBeUndefined();
  });
});
