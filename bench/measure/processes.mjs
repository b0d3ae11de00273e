// Runs programs and tells what they used.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));
export const benchFolder = fileURLToPath(new URL('..', import.meta.url));

/** Runs a program to its end; rejects if it fails. Its output is at most what memory holds. */
export function run(command, args, { allowFailure = false, ...options } = {}) {
  return new Promise((resolve, reject) => {
    const begun = process.hrtime.bigint();
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
    const output = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr']) child[name].setEncoding('utf8').on('data', text => (output[name] += text));
    child.on('error', reject);
    child.on('close', status => {
      const seconds = Number(process.hrtime.bigint() - begun) / 1e9;
      if (status === 0 || allowFailure) resolve({ ...output, status, seconds });
      else reject(new Error(`${command} ${args.join(' ')} ended with ${status}: ${output.stderr}`));
    });
  });
}

/** Runs a program that prints one JSON object as its last line. */
export async function runJson(command, args, options) {
  const { stdout } = await run(command, args, options);
  return JSON.parse(stdout.trim().split('\n').at(-1));
}

/** Compiles bench/c/NAME.c into bench/build/NAME. */
export async function compile(name) {
  const output = `${benchFolder}build/${name}`;
  await run('mkdir', ['-p', `${benchFolder}build`]);
  await run('gcc', ['-O2', '-Wall', '-Wextra', '-o', output, `${benchFolder}c/${name}.c`, '-lm']);
  return output;
}
