import type { Output } from './output.js';

const CLEAR = '\r\x1b[K';

/** One line that is drawn again in place; silent where the output is no terminal. */
export class LiveLine {
  private readonly output: Output;
  private shown = false;

  constructor(output: Output) {
    this.output = output;
  }

  draw(text: string): void {
    if (!this.output.isTerminal) return;
    this.shown = true;
    this.output.write(`${CLEAR}${text.slice(0, this.output.columns - 1)}`);
  }

  /** Takes the line off the screen, before anything else is printed. */
  clear(): void {
    if (this.shown) this.output.write(CLEAR);
    this.shown = false;
  }
}
