import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ipOptionsOf } from '../../../../src/engine/ping/ping-ip-options.js';
import { IpAddress } from '../../../../src/wire/ip-address.js';
import { encodeIpv4Options, type Ipv4Option } from '../../../../src/wire/ipv4-options.js';
import { arrivalOf } from '../../../support/engine/packets.js';

function read(encoded: Uint8Array) {
  const arrival = arrivalOf(encoded);
  arrival.optionsStart = arrival.start;
  arrival.optionsEnd = arrival.end;
  return ipOptionsOf(arrival);
}

const options = (...list: Ipv4Option[]) => read(encodeIpv4Options(list));

describe('ipOptionsOf', () => {
  it('is nothing for a packet without options', () => {
    expect(read(new Uint8Array(0))).toBeUndefined();
  });

  it('gives the recorded route in order', () => {
    const recorded = ['192.0.2.1', '198.51.100.9'].map(IpAddress.parse);
    expect(options({ kind: 'record-route', recorded, free: 3 })).toEqual({
      recordRoute: ['192.0.2.1', '198.51.100.9'],
    });
  });

  it('gives time stamps with addresses, and how many routers had no room', () => {
    const recorded = [
      { address: IpAddress.parse('192.0.2.1'), time: 1234 },
      { address: IpAddress.parse('192.0.2.2'), time: 0x80000005 },
    ];
    expect(options({ kind: 'timestamp', mode: 'tsandaddr', recorded, remaining: [], free: 0, overflow: 3 })).toEqual({
      timestamps: [
        { address: '192.0.2.1', timestamp: 1234 },
        { address: '192.0.2.2', timestamp: null },
      ],
      timestampOverflow: 3,
    });
  });

  it('gives stamps alone without addresses', () => {
    const recorded = [{ time: 7 }];
    expect(options({ kind: 'timestamp', mode: 'tsonly', recorded, remaining: [], free: 2, overflow: 0 })).toEqual({
      timestamps: [{ timestamp: 7 }],
      timestampOverflow: 0,
    });
  });

  it('is nothing for options that record nothing', () => {
    expect(options({ kind: 'router-alert', value: 0 })).toBeUndefined();
  });

  it('survives any bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), bytes => void read(bytes)));
  });
});
