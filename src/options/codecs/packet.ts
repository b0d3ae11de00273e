import { LINUX } from '../../wire/constants.generated.js';
import { requireBytes } from '../../wire/wire-format-error.js';
import { interfaceField } from './address.js';
import { requireBytesOf } from './bytes.js';
import { type Field, named, namedBits, u8, u16, u32 } from './field.js';
import { enumeration } from './named.js';
import { structure } from './structure.js';

const HARDWARE_ADDRESS_SIZE = LINUX.sizeof_packet_mreq - LINUX.offsetof_packet_mreq_mr_address;

/** `mr_alen` and `mr_address` together: an address of up to eight bytes. */
const hardwareAddress: Field<Uint8Array> = {
  shape: 'Uint8Array',
  size: HARDWARE_ADDRESS_SIZE + 2,
  read(bytes, at) {
    const address = at + LINUX.offsetof_packet_mreq_mr_address - LINUX.offsetof_packet_mreq_mr_alen;
    return bytes.slice(address, address + u16.read(bytes, at));
  },
  write(bytes, at, value, context) {
    requireBytesOf(value, 0, HARDWARE_ADDRESS_SIZE, context);
    u16.write(bytes, at, value.length, context);
    bytes.set(value, at + LINUX.offsetof_packet_mreq_mr_address - LINUX.offsetof_packet_mreq_mr_alen);
  },
};

/** `struct packet_mreq`. */
export const packetMembership = structure({
  name: 'packet_mreq',
  size: LINUX.sizeof_packet_mreq,
  members: {
    ifindex: [LINUX.offsetof_packet_mreq_mr_ifindex, interfaceField],
    type: [
      LINUX.offsetof_packet_mreq_mr_type,
      named(u16, {
        multicast: LINUX.PACKET_MR_MULTICAST,
        promisc: LINUX.PACKET_MR_PROMISC,
        allmulti: LINUX.PACKET_MR_ALLMULTI,
        unicast: LINUX.PACKET_MR_UNICAST,
      }),
    ],
  },
  optional: { address: [LINUX.offsetof_packet_mreq_mr_alen, hardwareAddress] },
});

/** `struct tpacket_stats`, and the third member of version 3. */
export const packetStatistics = structure({
  name: 'tpacket_stats',
  size: LINUX.sizeof_tpacket_stats_v3,
  members: {
    packets: [LINUX.offsetof_tpacket_stats_v3_tp_packets, u32],
    drops: [LINUX.offsetof_tpacket_stats_v3_tp_drops, u32],
  },
  optional: { freeze_q_cnt: [LINUX.offsetof_tpacket_stats_v3_tp_freeze_q_cnt, u32] },
});

/** An aligned 64-bit counter. */
const counter: Field<number> = {
  ...u32,
  size: 8,
  read: (bytes, at) => u32.read(bytes, at) + u32.read(bytes, at + 4) * 2 ** 32,
};

/** `struct tpacket_rollover_stats`. */
export const rolloverStatistics = structure({
  name: 'tpacket_rollover_stats',
  size: LINUX.sizeof_tpacket_rollover_stats,
  members: {
    all: [LINUX.offsetof_tpacket_rollover_stats_tp_all, counter],
    huge: [LINUX.offsetof_tpacket_rollover_stats_tp_huge, counter],
    failed: [LINUX.offsetof_tpacket_rollover_stats_tp_failed, counter],
  },
});

/** `struct tpacket_req`, and the members that version 3 adds. */
export const ringRequest = structure({
  name: 'tpacket_req3',
  size: LINUX.sizeof_tpacket_req3,
  members: {
    block_size: [LINUX.offsetof_tpacket_req3_tp_block_size, u32],
    block_nr: [LINUX.offsetof_tpacket_req3_tp_block_nr, u32],
    frame_size: [LINUX.offsetof_tpacket_req3_tp_frame_size, u32],
    frame_nr: [LINUX.offsetof_tpacket_req3_tp_frame_nr, u32],
  },
  optional: {
    retire_blk_tov: [LINUX.offsetof_tpacket_req3_tp_retire_blk_tov, u32],
    sizeof_priv: [LINUX.offsetof_tpacket_req3_tp_sizeof_priv, u32],
    feature_req_word: [LINUX.offsetof_tpacket_req3_tp_feature_req_word, u32],
  },
});

export const packetVersion = enumeration({
  v1: LINUX.TPACKET_V1,
  v2: LINUX.TPACKET_V2,
  v3: LINUX.TPACKET_V3,
});

/** packet(7): an id, a way of spreading above it, and flags above that. */
export const fanout = structure({
  name: 'PACKET_FANOUT',
  size: 4,
  members: {
    id: [0, u16],
    type: [
      2,
      named(u8, {
        hash: LINUX.PACKET_FANOUT_HASH,
        lb: LINUX.PACKET_FANOUT_LB,
        cpu: LINUX.PACKET_FANOUT_CPU,
        rollover: LINUX.PACKET_FANOUT_ROLLOVER,
        rnd: LINUX.PACKET_FANOUT_RND,
        qm: LINUX.PACKET_FANOUT_QM,
        cbpf: LINUX.PACKET_FANOUT_CBPF,
        ebpf: LINUX.PACKET_FANOUT_EBPF,
      }),
    ],
  },
  optional: {
    flags: [
      3,
      namedBits(u8, {
        rollover: LINUX.PACKET_FANOUT_FLAG_ROLLOVER >> 8,
        uniqueid: LINUX.PACKET_FANOUT_FLAG_UNIQUEID >> 8,
        'ignore-outgoing': LINUX.PACKET_FANOUT_FLAG_IGNORE_OUTGOING >> 8,
        defrag: LINUX.PACKET_FANOUT_FLAG_DEFRAG >> 8,
      }),
    ],
  },
});

/** The numbers of the bits that are set: NETLINK_LIST_MEMBERSHIPS, whose bit 0 is group 1. */
export const groupBits = {
  shape: 'number[]',
  size: 512,
  encode(): never {
    throw new TypeError('the list of memberships can only be read');
  },
  decode(bytes: Uint8Array): number[] {
    requireBytes('NETLINK_LIST_MEMBERSHIPS', 0, bytes.length, 0);
    const groups: number[] = [];
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      if (((bytes[bit >> 3] ?? 0) >> (bit & 7)) & 1) groups.push(bit + 1);
    }
    return groups;
  },
};
