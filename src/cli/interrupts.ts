/** Signals that end a run with its summary. A second one ends the process at once, as if it had not been caught. */
const ENDING: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM'];

export interface Interrupts extends Disposable {
  /** Aborted by Ctrl-C, by SIGTERM, and with `others`. */
  signal: AbortSignal;
}

/**
 * Turns signals into an AbortSignal while a run lasts.
 * @param onStatus what SIGQUIT (Ctrl-\) shows, as iputils' ping has it.
 */
export function catchInterrupts(others: readonly AbortSignal[], onStatus?: () => void): Interrupts {
  const controller = new AbortController();
  const end = () => {
    release();
    for (const signal of ENDING) process.once(signal, atOnce);
    controller.abort();
  };
  const release = () => {
    for (const name of ENDING) process.off(name, end).off(name, atOnce);
  };
  for (const name of ENDING) process.on(name, end);
  if (onStatus !== undefined) process.on('SIGQUIT', onStatus);
  return {
    signal: AbortSignal.any([controller.signal, ...others]),
    [Symbol.dispose]() {
      release();
      if (onStatus !== undefined) process.off('SIGQUIT', onStatus);
    },
  };
}

function atOnce(name: NodeJS.Signals): void {
  // With the last handler gone the signal has its default action, so that the caller sees by which signal we ended.
  process.removeAllListeners(name);
  process.kill(process.pid, name);
}
