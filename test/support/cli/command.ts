import type { ChildProcess } from 'node:child_process';
import { type Finished, finish, start } from '../lab/command.js';

const root = new URL('../../..', import.meta.url).pathname;

/** Starts the command as built, its three streams being pipes. */
export function startCommand(args: readonly string[], before: readonly string[] = []): ChildProcess {
  return start([...before, process.execPath, 'bin/subsocket.js', ...args], { cwd: root, stdio: 'pipe' });
}

/**
 * Runs the command to its end.
 * @param before words before it: what takes its privileges, for one.
 */
export function subsocket(args: readonly string[], input = '', before: readonly string[] = []): Promise<Finished> {
  const child = startCommand(args, before);
  child.stdin?.on('error', () => undefined).end(input);
  return finish(child);
}

/** As `subsocket`, of a line as one types it: `ping -c 1 127.0.0.1`. */
export function typed(line: string, input?: string): Promise<Finished> {
  return subsocket(line.split(' ').filter(Boolean), input);
}

/** Resolves with everything on a started command's standard output when `pattern` is in it. */
export function seen(child: ChildProcess, pattern: RegExp): Promise<string> {
  let text = '';
  return new Promise((resolve, reject) => {
    child.stdout?.setEncoding('utf8').on('data', piece => {
      text += piece;
      if (pattern.test(text)) resolve(text);
    });
    child.once('close', () => reject(new Error(`it ended without ${pattern}: ${text}`)));
  });
}

/** The objects of NDJSON. @throws SyntaxError for a line that is no JSON. */
export function jsonLines<Value = Record<string, unknown>>(text: string): Value[] {
  return text
    .split('\n')
    .slice(0, -1)
    .map(line => JSON.parse(line));
}
