import { setUint16, uint8, uint16 } from '../../../src/wire/byte-order.js';
import { cutMessage, repairMessageChecksum, viewPacket } from './ip-packet.js';
import type { Alteration } from './scenario.js';

const OFFSET = { type: 0, code: 1, checksum: 2, identifier: 4, sequence: 6 } as const;

/** The packet as altered; the one that is given stays as it was. */
export function alter(packet: Uint8Array, alterations: readonly Alteration[]): Uint8Array {
  return alterations.reduce(alterOnce, packet);
}

function alterOnce(packet: Uint8Array, alteration: Alteration): Uint8Array {
  const { messageStart } = viewPacket(packet);
  if (alteration.field === 'length') {
    const cut = cutMessage(packet, alteration.bytes);
    if (!alteration.stale) repairMessageChecksum(cut);
    return cut;
  }
  const bytes = packet.slice();
  const at = messageStart + (alteration.field === 'byte' ? alteration.at : OFFSET[alteration.field]);
  const wide = alteration.field === 'identifier' || alteration.field === 'sequence' || alteration.field === 'checksum';
  if (wide) setUint16(bytes, at, uint16(bytes, at) ^ alteration.xor);
  else bytes[at] = uint8(bytes, at) ^ alteration.xor;
  const stale = alteration.field === 'checksum' || (alteration.field === 'byte' && alteration.stale === true);
  if (!stale) repairMessageChecksum(bytes);
  return bytes;
}
