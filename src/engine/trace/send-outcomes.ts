import { errnoName } from '../../wire/errno.js';

/** Whether this host let any probe of a trace leave, and why it did not. */
export class SendOutcomes {
  private sent = false;
  private errno: number | undefined;

  handleSent(): void {
    this.sent = true;
  }

  handleFailure(errno: number): void {
    this.errno = errno;
  }

  /** The errno's name, where this host refused every probe. */
  get refusal(): string | undefined {
    return this.sent || this.errno === undefined ? undefined : (errnoName(this.errno) ?? `errno ${this.errno}`);
  }
}
