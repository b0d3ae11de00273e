import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';

const run = promisify(execFile);
const example = async (name: string, ...args: string[]): Promise<string> =>
  (await run(process.execPath, [`examples/${name}.mjs`, ...args])).stdout;

describe('the examples of trace', () => {
  test('trace-path shows the hops and the end', async () => {
    expect(await example('trace-path', '127.0.0.1')).toMatch(
      /^1: (?:127\.0\.0\.1 [\d.]+ ms(?:, |\n)){3}reached by udp\n$/,
    );
  });

  test('watch-path tells rounds, hops and what is lost', async () => {
    const text = await example('watch-path', '127.0.0.1');
    expect(text).toMatch(/^(?:round \d+: 1 hops\n){10}1: 127\.0\.0\.1 [\d.]+ ms\nnothing is lost\n$/);
  });

  test('map-network draws what links its targets', async () => {
    expect(await example('map-network', '127.0.0.1', '127.0.0.2')).toBe(
      'digraph network {\n  "here" -> "127.0.0.1";\n  "here" -> "127.0.0.2";\n}\n',
    );
  });
});
