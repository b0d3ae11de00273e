/** What was wrong with the moment of a call. */
export type DatagramStateCode =
  | 'SOCKET_CLOSED'
  | 'BATCH_RETURNED'
  | 'RECEIVING_OTHERWISE'
  | 'NOT_CONNECTED'
  | 'ALREADY_CONNECTED'
  | 'REQUEST_ABORTED';

/** A call that the socket, or a lent batch, cannot serve as it stands now. No system call was made. */
export class DatagramStateError extends Error {
  override readonly name = 'DatagramStateError';
  readonly code: DatagramStateCode;

  constructor(code: DatagramStateCode, message: string) {
    super(message);
    this.code = code;
  }
}
