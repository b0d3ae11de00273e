import type { Output } from './output.js';

const ENTER = '\x1b[?1049h\x1b[?25l';
const LEAVE = '\x1b[?25h\x1b[?1049l';
const HOME = '\x1b[H';
const CLEAR_LINE = '\x1b[K';
const CLEAR_REST = '\x1b[J';

/** The terminal's other screen (xterm's alternate buffer), drawn in place; what was there before comes back at the end. */
export class FullScreen implements Disposable {
  private readonly onKeys: (data: Buffer) => void;
  private readonly onSize: () => void;
  private open = true;
  private shown = '';

  /**
   * @param onKey called with each key: a character, or 'up', 'down', 'interrupt' (Ctrl-C, which a raw terminal does not make
   * a signal of).
   * @param onResize called when the terminal has another size.
   */
  constructor(
    private readonly output: Output,
    onKey: (key: string) => void,
    onResize: () => void,
  ) {
    output.write(ENTER);
    this.onKeys = data => {
      for (const key of keysIn(data.toString('latin1'))) onKey(key);
    };
    if (process.stdin.isTTY) process.stdin.setRawMode(true);
    process.stdin.on('data', this.onKeys).resume();
    this.onSize = () => {
      this.shown = '';
      onResize();
    };
    process.stdout.on('resize', this.onSize);
  }

  get columns(): number {
    return process.stdout.columns || 80;
  }

  get rows(): number {
    return process.stdout.rows || 24;
  }

  /** Replaces what is shown. */
  draw(lines: readonly string[]): void {
    const frame = lines.map(line => line + CLEAR_LINE).join('\r\n');
    if (!this.open || frame === this.shown) return;
    this.shown = frame;
    this.output.write(`${HOME}${frame}${CLEAR_REST}`);
  }

  [Symbol.dispose](): void {
    if (!this.open) return;
    this.open = false;
    this.output.write(LEAVE);
    if (process.stdin.isTTY) process.stdin.setRawMode(false);
    process.stdin.off('data', this.onKeys).pause();
    process.stdout.off('resize', this.onSize);
  }
}

const SEQUENCES: Readonly<Record<string, string>> = {
  '\x1b[A': 'up',
  '\x1bOA': 'up',
  '\x1b[B': 'down',
  '\x1bOB': 'down',
  '\x03': 'interrupt',
};

function keysIn(text: string): string[] {
  const keys: string[] = [];
  for (let at = 0; at < text.length; ) {
    const sequence = Object.keys(SEQUENCES).find(known => text.startsWith(known, at));
    keys.push(SEQUENCES[sequence ?? ''] ?? text.charAt(at));
    at += sequence?.length ?? 1;
  }
  return keys;
}
