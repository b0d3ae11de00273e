import type { PingEvent } from '../../engine/ping/ping-event.js';

/** Shows a ping's events to somebody. */
export interface PingFormat {
  event(event: PingEvent): void;
}

/** Where a format writes to. */
export interface Page {
  /** Standard output. */
  out(text: string): void;
  /** Standard error. */
  err(text: string): void;
}
