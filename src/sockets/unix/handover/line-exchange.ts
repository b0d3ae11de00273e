import type { OwnedDescriptor } from '../owned-descriptor.js';
import type { UnixSocket } from '../unix-socket.js';
import { HandOverError } from './hand-over-error.js';

/** One message of the protocol: an object, and the descriptors that came no later than its last byte. */
export interface Line {
  value: Readonly<Record<string, unknown>>;
  descriptors: OwnedDescriptor[];
}

/** Bytes, with the line feed. */
export const LONGEST_LINE = 1024 * 1024;
const NEWLINE = 0x0a;

/** Messages as lines of JSON over a stream, each with the descriptors of its own. */
export class LineExchange {
  readonly #socket: UnixSocket;
  #chunks: Buffer[] = [];
  #descriptors: OwnedDescriptor[] = [];

  constructor(socket: UnixSocket) {
    this.#socket = socket;
  }

  /** Sends an object as a line. */
  async write(value: object): Promise<void> {
    await this.writeLine(lineOf(value));
  }

  /** Sends a line that `lineOf` made. */
  async writeLine(line: string, descriptors: readonly number[] = []): Promise<void> {
    await this.#socket.send(line, { descriptors });
  }

  /**
   * The next line; undefined where the peer has ended.
   * @throws HandOverError for a line that is too long or no object.
   */
  async read(signal?: AbortSignal): Promise<Line | undefined> {
    for (;;) {
      const message = await this.#socket.receive({ signal });
      if (message === undefined) return undefined;
      this.#descriptors.push(...message.descriptors);
      this.#chunks.push(message.data);
      if (message.data.at(-1) === NEWLINE) return this.#take();
      if (this.#length > LONGEST_LINE) throw new HandOverError('PROTOCOL', 'the peer sent a line without an end');
    }
  }

  /** Closes descriptors of a line that was never whole, and the connection. */
  close(): void {
    for (const descriptor of this.#descriptors) descriptor.close();
    this.#descriptors = [];
    this.#socket.destroy();
  }

  get #length(): number {
    return this.#chunks.reduce((total, chunk) => total + chunk.length, 0);
  }

  /** Each side waits for the other's line before it sends its next, so a read never holds more than one. */
  #take(): Line {
    const text = Buffer.concat(this.#chunks).toString();
    const value = parse(text);
    const line = { value, descriptors: this.#descriptors };
    this.#chunks = [];
    this.#descriptors = [];
    return line;
  }
}

/** The line of an object. @throws TypeError for what JSON cannot say. */
export function lineOf(value: object): string {
  return `${JSON.stringify(value)}\n`;
}

function parse(text: string): Line['value'] {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value as Line['value'];
  } catch {
    // Told below, as anything else that is no object.
  }
  throw new HandOverError('PROTOCOL', `the peer sent what is no JSON object: ${JSON.stringify(text.slice(0, 40))}`);
}
