import type { PingEvent } from '../../engine/ping/ping-event.js';
import { harmlessJson } from '../harmless.js';
import type { Page, PingFormat } from './ping-format.js';

/** The library's events as they are, one JSON object a line. */
export class PingJson implements PingFormat {
  private readonly page: Page;
  private readonly now: (() => number) | undefined;

  /** @param now with -D: milliseconds since 1970, added to each event as `time`. */
  constructor(page: Page, now?: () => number) {
    this.page = page;
    this.now = now;
  }

  event(event: PingEvent): void {
    const line = this.now === undefined ? event : { ...event, time: this.now() };
    this.page.out(`${harmlessJson(JSON.stringify(line))}\n`);
  }
}
