import { Writable } from 'node:stream';
import type { Page } from '../../../src/cli/formats/ping-format.js';
import { Output } from '../../../src/cli/output.js';
import type { Terminal } from '../../../src/cli/terminal.js';

/** A page that keeps what is written on it. */
export function collectedPage(): Page & { stdout: string; stderr: string } {
  return {
    stdout: '',
    stderr: '',
    out(text) {
      this.stdout += text;
    },
    err(text) {
      this.stderr += text;
    },
  };
}

/** A terminal that keeps nothing. */
export function silentTerminal(): Terminal {
  const discard = () => new Output(new Writable({ write: (_chunk, _encoding, done) => done() }));
  return { out: discard(), err: discard(), unread: new AbortController().signal };
}
