import type { SystemCallError } from '../../io/errors.js';
import { type NativePoller, native, UV_WRITABLE } from '../../io/native.js';
import { LINUX } from '../../wire/constants.generated.js';

/** One connect(2) that is under way, or done at once. */
export class ConnectAttempt {
  /** Resolves when the connection stands; rejects with SystemCallError, and the socket is then closed. */
  readonly established: Promise<number>;
  private poller: NativePoller | undefined;
  private descriptor: number | undefined;

  /**
   * @param descriptor a socket that is this attempt's to close until it is established.
   * @param errorOf the error that an errno of connect(2) means here.
   */
  constructor(descriptor: number, destination: Uint8Array, errorOf: (errno: number) => SystemCallError) {
    this.descriptor = descriptor;
    this.established = this.connect(descriptor, destination).then(
      () => descriptor,
      (errno: number) => {
        this.close();
        throw errorOf(errno);
      },
    );
  }

  /** Gives the attempt up: the socket is closed, and `established` remains as it is. Idempotent. */
  close(): void {
    this.stopPolling();
    if (this.descriptor !== undefined) native().close(this.descriptor);
    this.descriptor = undefined;
  }

  /** Leaves the established socket to the caller. */
  release(): void {
    this.descriptor = undefined;
  }

  /** Rejects with the negated errno. */
  private connect(descriptor: number, destination: Uint8Array): Promise<void> {
    const result = native().connect(descriptor, destination);
    if (result === 0) return Promise.resolve();
    if (result !== -LINUX.EINPROGRESS) return Promise.reject(result);
    return new Promise((resolve, reject) => {
      const poller = new (native().Poller)(descriptor, status => {
        this.stopPolling();
        const failure = status < 0 ? status : -pendingError(descriptor);
        if (failure < 0) reject(failure);
        else resolve();
      });
      this.poller = poller;
      poller.start(UV_WRITABLE);
    });
  }

  private stopPolling(): void {
    this.poller?.close();
    this.poller = undefined;
  }
}

function pendingError(descriptor: number): number {
  const error = new Int32Array(1);
  native().getIntegerOption(descriptor, LINUX.SOL_SOCKET, LINUX.SO_ERROR, error);
  return error[0] ?? 0;
}
