import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, test } from 'vitest';

type Step = { await: string } | { key: string } | { resize: [number, number] };

interface Session {
  /** What the terminal got up to each step, and after the last. */
  chunks: string[];
  status: number;
}

const ENTER = '\x1b[?1049h';
const LEAVE = '\x1b[?1049l';

/** Runs `subsocket mtr` on a terminal. */
async function onTerminal(
  columns: number,
  rows: number,
  args: readonly string[],
  steps: readonly Step[],
): Promise<Session> {
  const program = new URL('terminal.py', import.meta.url).pathname;
  const command = [process.execPath, 'bin/subsocket.js', 'mtr', '--unprivileged', '-n', '-i', '0.05', ...args];
  const child = spawn('python3', [program, String(columns), String(rows), ...command], {
    env: { ...process.env, LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8', TERM: 'xterm' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.end(steps.map(step => `${JSON.stringify(step)}\n`).join(''));
  let output = '';
  child.stdout.on('data', text => {
    output += text;
  });
  await once(child, 'close');
  return JSON.parse(output) as Session;
}

/** The lines of the last whole frame. */
function lastFrame(text: string): string[] {
  const frames = text.split('\x1b[H').filter(frame => frame.includes('\x1b[J'));
  return (frames.at(-1) ?? '')
    .replace(/\x1b\[J[\s\S]*$/, '')
    .split('\r\n')
    .map(line => line.replaceAll('\x1b[K', '').replaceAll('\r', ''));
}

const ROW = / 1\. 127\.0\.0\.1/;

describe('the live view of mtr', () => {
  test('fits 80 columns and 24 rows, and leaves the terminal as it was', async () => {
    const { chunks, status } = await onTerminal(80, 24, ['127.0.0.1'], [{ await: ' 1. 127.0.0.1' }, { key: 'q' }]);
    const all = chunks.join('');
    expect(all).toContain(ENTER);
    const frame = lastFrame(all.slice(0, all.indexOf(LEAVE)));
    expect(frame.length).toBeLessThanOrEqual(24);
    for (const line of frame) expect([...line].length).toBeLessThanOrEqual(80);
    expect(frame.find(line => ROW.test(line))).toMatch(
      / 0\.0% +\d+ +[\d.]+ +[\d.]+ +[\d.]+ +[\d.]+ +[\d.]+ [▁▂▃▄▅▆▇█]+/,
    );
    expect(frame[0]).toContain('127.0.0.1');
    expect(status).toBe(0);
    // What remains on the terminal is the report.
    expect(all.slice(all.indexOf(LEAVE))).toMatch(/1\.\|-- 127\.0\.0\.1/);
  });

  test('pauses, counts anew, goes on and switches columns', async () => {
    const { chunks } = await onTerminal(
      80,
      24,
      ['127.0.0.1'],
      [
        { await: ' 1. 127.0.0.1' },
        { key: 'p' },
        { await: '[paused]' },
        { key: 'r' },
        // The count is empty until the next round, which a pause holds back.
        { await: 'StDev Latest 12\x1b[K\x1b[J' },
        { key: ' ' },
        { await: ' 1. 127.0.0.1' },
        { key: 'd' },
        { await: 'Jitter' },
        { key: 'q' },
      ],
    );
    expect(lastFrame(chunks[4] ?? '').some(line => ROW.test(line))).toBe(false);
    expect(chunks[6]).toMatch(ROW);
    expect(chunks[8]).toContain('Jitter');
  });

  test('draws anew when the terminal has another size', async () => {
    const steps: Step[] = [
      { await: ' 1. 127.0.0.1' },
      { resize: [60, 10] },
      { await: '\x1b[J' },
      { await: '\x1b[J' },
      { key: 'q' },
    ];
    const { chunks } = await onTerminal(80, 24, ['127.0.0.1'], steps);
    const frame = lastFrame(chunks[3] ?? '');
    expect(frame.length).toBeLessThanOrEqual(10);
    for (const line of frame) expect([...line].length).toBeLessThanOrEqual(60);
  });

  test('ends with Ctrl-C as with q', async () => {
    const { chunks, status } = await onTerminal(80, 24, ['127.0.0.1'], [{ await: ' 1. 127.0.0.1' }, { key: '\x03' }]);
    expect(chunks.join('')).toContain(LEAVE);
    expect(status).toBe(0);
  });
});
