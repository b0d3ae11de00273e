import { harmlessJson } from '../harmless.js';
import type { Page } from './ping-format.js';

/** Events as they are, one JSON object a line. */
export class JsonLines {
  constructor(private readonly page: Pick<Page, 'out'>) {}

  event(event: object): void {
    this.page.out(`${harmlessJson(JSON.stringify(event))}\n`);
  }
}
