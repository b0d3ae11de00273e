import { Output } from './output.js';

/** Where a command writes to, and how it learns that it should end. */
export interface Terminal {
  /** Standard output: what was asked for. */
  out: Output;
  /** Standard error: complaints, progress. */
  err: Output;
  /** Aborted where standard output takes no more: nobody reads it, or the disk is full. */
  unread: AbortSignal;
}

/** The terminal of this process. */
export function openTerminal(): Terminal {
  const unread = new AbortController();
  const out = new Output(process.stdout, () => unread.abort());
  const err = new Output(process.stderr);
  out.keepOrderWith(err);
  return { out, err, unread: unread.signal };
}
