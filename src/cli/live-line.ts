import type { Output } from './output.js';

/** To the start of the line and clear it: ECMA-48 EL. */
const CLEAR = '\r\x1b[K';

/** One line that is drawn again in place; silent where the output is no terminal. */
export class LiveLine {
  private readonly output: Output;
  private shown = false;

  constructor(output: Output) {
    this.output = output;
  }

  /** @param text harmless, and of one line; what does not fit the terminal's width is cut off. */
  draw(text: string): void {
    if (!this.output.isTerminal) return;
    this.shown = true;
    this.output.write(`${CLEAR}${text.slice(0, this.output.columns - 1)}`);
  }

  /** Takes the line off the screen at once, before anything is printed there by another output. */
  clear(): void {
    if (!this.shown) return;
    this.shown = false;
    this.output.write(CLEAR);
    this.output.flush();
  }
}
