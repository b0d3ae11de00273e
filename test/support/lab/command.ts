import { type ChildProcess, type SpawnOptions, spawn, spawnSync } from 'node:child_process';

/** What a program that ran to its end left behind. */
export interface Finished {
  stdout: string;
  stderr: string;
  /** Exit status; null where a signal ended it. */
  status: number | null;
  signal: NodeJS.Signals | null;
}

/** Programs of the system lie in folders that an ordinary user's PATH may lack. */
export const ENVIRONMENT: NodeJS.ProcessEnv = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` };

/**
 * Runs a program to its end while everything else waits; for short programs of the set-up.
 * @throws Error with its output, where its status is not 0.
 */
export function runNow(words: readonly string[], input = ''): string {
  const [command = '', ...args] = words;
  const { stdout, stderr, status, error } = spawnSync(command, args, { input, encoding: 'utf8', env: ENVIRONMENT });
  if (status === 0) return stdout;
  throw new Error(`${words.join(' ')}: ${error?.message ?? `status ${status}`}\n${stderr}${input}`, { cause: error });
}

/** Starts a program; unlike `spawn` it throws at once where there is no such program. */
export function start(words: readonly string[], options: SpawnOptions): ChildProcess {
  const [command = '', ...args] = words;
  return spawn(command, args, { env: ENVIRONMENT, ...options });
}

/** Waits until a started program has ended and all its output has come. */
export function finish(child: ChildProcess): Promise<Finished> {
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', text => {
    stdout += text;
  });
  child.stderr?.setEncoding('utf8').on('data', text => {
    stderr += text;
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status, signal) => resolve({ stdout, stderr, status, signal }));
  });
}

/** Resolves when a started program has ended, also where it had before. */
export function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise(resolve => child.once('exit', () => resolve()));
}
