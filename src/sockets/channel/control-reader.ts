import type { Arrival } from '../../engine/arrival.js';
import { hostUint32, uint8 } from '../../wire/byte-order.js';
import { LINUX } from '../../wire/constants.generated.js';
import { type ControlMessageVisitor, walkControlMessages } from '../../wire/control-message.js';
import { decodeRfc4884Data, ExtendedErrorAt } from '../../wire/extended-error.js';
import { readAddressWords, readIpFamily, readScopeId } from '../../wire/socket-address-ip.js';

/** Reads the control messages of one received slot into an `Arrival`. Allocates nothing. */
export class ControlReader {
  /** SO_RXQ_OVFL of the slot read last: datagrams dropped by this socket so far; -1 where the kernel did not tell. */
  drops = -1;
  /** Whether the slot had an extended error. */
  hasError = false;
  private bytes: Uint8Array = new Uint8Array(0);

  constructor(private readonly arrival: Arrival) {}

  /** Forgets the slot before: what a slot's control messages do not tell is unknown. */
  clear(): void {
    this.drops = -1;
    this.hasError = false;
    this.arrival.hopLimit = -1;
    this.arrival.trafficClass = -1;
  }

  read(control: Uint8Array, start: number, end: number): void {
    this.bytes = control;
    walkControlMessages(control, start, end, this.visit);
  }

  private readonly visit: ControlMessageVisitor = (level, type, start, end) => {
    if (level === LINUX.SOL_SOCKET) {
      if (type === LINUX.SO_RXQ_OVFL) this.drops = hostUint32(this.bytes, start);
    } else if (level === LINUX.IPPROTO_IP) {
      if (type === LINUX.IP_TTL) this.arrival.hopLimit = hostUint32(this.bytes, start);
      else if (type === LINUX.IP_TOS) this.arrival.trafficClass = uint8(this.bytes, start);
      else if (type === LINUX.IP_RECVERR) this.readError(start, end);
      else if (type === LINUX.IP_RECVOPTS) this.readOptions(start, end);
    } else if (level === LINUX.IPPROTO_IPV6) {
      if (type === LINUX.IPV6_HOPLIMIT) this.arrival.hopLimit = hostUint32(this.bytes, start);
      else if (type === LINUX.IPV6_TCLASS) this.arrival.trafficClass = hostUint32(this.bytes, start);
      else if (type === LINUX.IPV6_RECVERR) this.readError(start, end);
    }
  };

  private readOptions(start: number, end: number): void {
    this.arrival.optionsBytes = this.bytes;
    this.arrival.optionsStart = start;
    this.arrival.optionsEnd = end;
  }

  private readError(start: number, end: number): void {
    const { arrival, bytes } = this;
    this.hasError = true;
    arrival.errno = ExtendedErrorAt.errno(bytes, start);
    arrival.errorOrigin = ExtendedErrorAt.origin(bytes, start);
    arrival.errorType = ExtendedErrorAt.type(bytes, start);
    arrival.errorCode = ExtendedErrorAt.code(bytes, start);
    arrival.errorInfo = ExtendedErrorAt.info(bytes, start);
    arrival.extensionsStart = extensionsOf(ExtendedErrorAt.data(bytes, start), arrival.errorOrigin);
    this.readOffender(ExtendedErrorAt.offender(start), end);
  }

  /** The kernel writes AF_UNSPEC where no node is to blame (net/ipv4/ip_sockglue.c, ip_recv_error). */
  private readOffender(at: number, end: number): void {
    const family = at < end ? readIpFamily(this.bytes, at) : undefined;
    this.arrival.hasOffender = family !== undefined;
    if (family === undefined) return;
    readAddressWords(this.bytes, at, family, this.arrival.offender, 0);
    this.arrival.offenderScopeId = family === 6 ? readScopeId(this.bytes, at) : 0;
  }
}

/** Offset of RFC 4884 extensions in the error's payload; -1 without any (IP_RECVERR_RFC4884 of ip(7)). */
function extensionsOf(data: number, origin: number): number {
  if (data === 0 || (origin !== LINUX.SO_EE_ORIGIN_ICMP && origin !== LINUX.SO_EE_ORIGIN_ICMP6)) return -1;
  const { offset, invalid } = decodeRfc4884Data(data);
  return invalid || offset === 0 ? -1 : offset;
}
