import type { ResultOrErrno } from './native-addon.js';

/**
 * Flat memory of one batch, owned by the caller and kept alive by the native batch. Slot i of each region begins at
 * i * stride. All arrays have one element a slot.
 */
export interface BatchMemory {
  slots: number;
  payload: Uint8Array;
  payloadStride: number;
  /** Socket addresses (struct sockaddr_*), to send to or received from. */
  names: Uint8Array;
  nameStride: number;
  /** Control messages, laid out as cmsg(3) has them. */
  control: Uint8Array;
  controlStride: number;
  /** Bytes of payload to send; bytes received, the datagram's true length where MSG_TRUNC was asked for. */
  lengths: Uint32Array;
  /** Bytes of each name: to send with (0: none, the socket is connected), or received. */
  nameLengths: Uint32Array;
  /** Bytes of each slot's control messages: to send, or received. */
  controlLengths: Uint32Array;
  /** msg_flags that came with each received message. */
  flags: Uint32Array;
  /** Sending: bytes sent, or the negated errno of that slot. */
  results: Int32Array;
  /** Receiving: the kernel's stamp (SCM_TIMESTAMPING or SCM_TIMESTAMPNS) in nanoseconds of Realtime; NaN without one. */
  stamps: Float64Array;
  /** Receiving: who has made the extended error of IP_RECVERR or IPV6_RECVERR (SO_EE_ORIGIN_*); 0 without one. */
  origins: Uint8Array;
  /** Receiving: ee_data of that error, which of a transmit stamp is the packet's number (SOF_TIMESTAMPING_OPT_ID); else 0. */
  errorData: Uint32Array;
  /**
   * How often a message that could not be sent is tried again at once. With IP_RECVERR an ICMP error about an earlier packet
   * also stays with the socket until some call fails with it, a send to another host for one (sock_alloc_send_pskb in
   * net/core/sock.c); asked again, the kernel speaks of this packet, or of the next such error. ENOBUFS is none: it is asked
   * again only where the socket's buffer may have been full and has room again.
   */
  resends: number;
}

/** A batch whose msghdr and iovec arrays were built once over `BatchMemory`. */
export interface NativeBatch {
  /**
   * recvmmsg(2), never blocking: fills slots from 0.
   * @param limit at most so many slots (default: all)
   * @returns the number of messages, or -errno (-EAGAIN where there is none).
   */
  receive(descriptor: number, flags: number, limit?: number): ResultOrErrno;
  /**
   * sendmmsg(2), never blocking, of slots first to first + count - 1. A slot that fails has its negated errno in
   * `results` and does not stop the others; a full socket buffer ends the call (EAGAIN, or ENOBUFS of a raw socket).
   * @returns how many slots were dealt with: sent, or failed on their own account.
   */
  send(descriptor: number, first: number, count: number, flags: number): number;
  /**
   * Copies slots 0 to count - 1 side by side into `target`, from `at` on, each as a record of four Uint32 (bytes of name,
   * control data and payload as `nameLengths`, `controlLengths` and `lengths` have them, and `flags`), a Float64 (`stamps`),
   * the name (nameStride bytes), the control data and the payload, each from a multiple of 8 bytes on. `starts` gets where
   * each record begins.
   * @returns where the last record ends, or -ENOBUFS where `target` or `starts` is too short.
   */
  pack(count: number, target: Uint8Array, at: number, starts: Uint32Array): ResultOrErrno;
  /** The payload lies in `payload` from now on, to which the batch memory refers already. */
  movePayload(payload: Uint8Array): ResultOrErrno;
}

export interface NativeBatchConstructor {
  new (memory: BatchMemory): NativeBatch;
}
