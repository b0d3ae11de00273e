import type { Writable } from 'node:stream';
import { requireArray, requireObject } from '../../io/argument-error.js';
import { Parcel, requireBytesForControl, type UnixOutgoing, type UnixSendOptions } from './parcel.js';
import type { StreamWriter } from './stream-writer.js';

/** Sends messages through a Writable, in order with what is written to it as bytes. */
export class StreamSender {
  readonly #stream: Writable;
  readonly #writer: StreamWriter;
  /** What `write()` is given is a buffer; this is what goes along with it. */
  readonly #parcels = new WeakMap<Buffer, Parcel>();

  constructor(stream: Writable, writer: StreamWriter) {
    this.#stream = stream;
    this.#writer = writer;
  }

  /** What a chunk that the Writable gives back was sent as. */
  parcelOf(chunk: Buffer): Parcel {
    return this.#parcels.get(chunk) ?? new Parcel(chunk, []);
  }

  async send(data: string | Uint8Array, options: UnixSendOptions): Promise<void> {
    const parcel = requireBytesForControl(Parcel.of({ ...requireObject('options', options), data }));
    if (this.#writer.isBlocked || this.#stream.writableCorked > 0) parcel.hold();
    return this.#post(parcel);
  }

  async sendMany(messages: readonly UnixOutgoing[]): Promise<void> {
    requireArray('messages', messages);
    const parcels = messages.map(message => requireBytesForControl(Parcel.of(message)));
    this.#stream.cork();
    const sent = parcels.map(parcel => this.#post(parcel));
    this.#stream.uncork();
    for (const parcel of parcels) parcel.hold();
    await Promise.all(sent);
  }

  #post(parcel: Parcel): Promise<void> {
    this.#parcels.set(parcel.data, parcel);
    return new Promise((resolve, reject) => {
      this.#stream.write(parcel.data, error => {
        parcel.forgetControl();
        const failure = error ?? parcel.error;
        if (failure) reject(failure);
        else resolve();
      });
    });
  }
}
