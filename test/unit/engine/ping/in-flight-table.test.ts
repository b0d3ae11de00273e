import { describe, expect, it } from 'vitest';
import { InFlightTable, NO_PROBE, ProbeState } from '../../../../src/engine/ping/in-flight-table.js';
import { IpAddress } from '../../../../src/wire/ip-address.js';
import type { Monotonic, Realtime } from '../../../../src/wire/time.js';

const SECOND = 1e9;
const at = (time: number) => time as Monotonic;

function words(address: string): Uint32Array {
  const out = new Uint32Array(4);
  IpAddress.parse(address).writeWords(out);
  return out;
}

/** Adds a probe sent at `time`, asking for room as the engine does. */
function send(table: InFlightTable, time: number, ordinal = 1): number {
  if (!table.hasRoom(at(time))) return NO_PROBE;
  const probe = table.add(7, 9, ordinal);
  table.setDestination(probe, 4, words('192.0.2.7'), 0, false);
  table.setCookie(probe, probe ^ 0x55555555, ~probe);
  table.setSent(probe, at(time));
  return probe;
}

describe('InFlightTable', () => {
  it('remembers what it is told of a probe', () => {
    const table = new InFlightTable(SECOND);
    const probe = send(table, 5, 3);
    table.setSendStamp(probe, 11 as Realtime, 2);
    expect([table.target(probe), table.serial(probe), table.ordinal(probe), table.sentAt(probe)]).toEqual([7, 9, 3, 5]);
    expect([table.sendStamp(probe), table.sendEpoch(probe)]).toEqual([11, 2]);
    expect([table.cookieHigh(probe), table.cookieLow(probe)]).toEqual([0x55555555, -1]);
  });

  it('counts sequences on the wire from 1 and wraps them at 65,536', () => {
    const table = new InFlightTable(SECOND, 2 ** 20, 65_530);
    const sequences = Array.from({ length: 10 }, () => table.sequence(send(table, 0)));
    expect(sequences).toEqual([65_531, 65_532, 65_533, 65_534, 65_535, 0, 1, 2, 3, 4]);
  });

  it('finds all remembered probes of a sequence, the newest first', () => {
    const table = new InFlightTable(SECOND);
    for (let sent = 0; sent < 200_000; sent++) send(table, 0);
    const found: number[] = [];
    for (let probe = table.newestWithSequence(8); probe !== NO_PROBE; probe = table.olderWithSequence(probe)) {
      found.push(probe);
    }
    expect(found).toEqual([7 + 3 * 65_536, 7 + 2 * 65_536, 7 + 65_536, 7]);
    expect(found.map(probe => table.cookieLow(probe))).toEqual(found.map(probe => ~probe));
  });

  it('finds nothing for a sequence that was not sent', () => {
    const table = new InFlightTable(SECOND);
    expect(table.newestWithSequence(1)).toBe(NO_PROBE);
    send(table, 0);
    expect([0, 1, 2, 65_535].map(sequence => table.newestWithSequence(sequence))).toEqual([-1, 0, -1, -1]);
  });

  it('knows a probe by the lowest 32 bits of its number, as long as it remembers it', () => {
    for (const start of [0, 2 ** 32 - 2, 3 * 2 ** 32 - 2]) {
      const table = new InFlightTable(SECOND, 2 ** 20, start);
      expect(table.withNumber(start % 2 ** 32)).toBe(NO_PROBE);
      for (let sent = 0; sent < 4; sent++) send(table, sent);
      for (let sent = 0; sent < 4; sent++) expect(table.withNumber((start + sent) % 2 ** 32)).toBe(start + sent);
      expect([start + 4, start - 1].map(number => table.withNumber(number >>> 0))).toEqual([NO_PROBE, NO_PROBE]);
    }
  });

  it('keeps everything in place as it grows, wherever the ring begins', () => {
    for (const start of [0, 1000, 2 ** 31 - 700, 2 ** 32 - 700, 2 ** 40 + 123]) {
      const table = new InFlightTable(SECOND, 2 ** 20, start);
      for (let sent = 0; sent < 5000; sent++) send(table, sent, sent + 1);
      for (let probe = start; probe < start + 5000; probe++) {
        expect(table.ordinal(probe)).toBe(probe - start + 1);
        expect(table.sentAt(probe)).toBe(probe - start);
        expect(table.cookieLow(probe)).toBe(~probe);
        expect(table.isDestination(probe, 4, words('192.0.2.7'))).toBe(true);
      }
      expect(table.newestWithSequence(table.sequence(start + 17))).toBe(start + 17);
    }
  });

  it('counts as pending what is neither answered nor lost nor failed', () => {
    const table = new InFlightTable(SECOND);
    const probes = [send(table, 0), send(table, 0), send(table, 0), send(table, 0)];
    table.resolve(probes[1] ?? 0, ProbeState.answered);
    table.resolve(probes[2] ?? 0, ProbeState.lost);
    expect(table.pending).toBe(2);
    table.resolve(probes[2] ?? 0, ProbeState.answered);
    expect(table.pending).toBe(2);
    expect(table.oldestUnresolved()).toBe(0);
    table.resolve(probes[0] ?? 0, ProbeState.failed);
    expect(table.oldestUnresolved()).toBe(3);
    table.resolve(probes[3] ?? 0, ProbeState.lost);
    expect(table.oldestUnresolved()).toBe(NO_PROBE);
    expect(table.pending).toBe(0);
  });

  it('does not let a probe be sent that was settled while it waited to be', () => {
    const table = new InFlightTable(SECOND);
    table.hasRoom(at(0));
    const probe = table.add(0, 1, 1);
    table.resolve(probe, ProbeState.lost);
    table.setSent(probe, at(5));
    expect(table.state(probe)).toBe(ProbeState.lost);
  });

  it('remembers at least the last 65,536 probes, and then forgets the oldest', () => {
    const table = new InFlightTable(SECOND);
    for (let sent = 0; sent < 70_000; sent++) table.resolve(send(table, sent), ProbeState.answered);
    expect(table.holds(70_000 - 65_536)).toBe(true);
    expect(table.holds(0)).toBe(false);
    expect(table.newestWithSequence(1)).toBe(65_536);
    expect(table.olderWithSequence(65_536)).toBe(NO_PROBE);
  });

  it('remembers lost probes for longer, so that late replies are known', () => {
    const table = new InFlightTable(10 * SECOND);
    for (let sent = 0; sent < 100_000; sent++) table.resolve(send(table, sent), ProbeState.lost);
    expect(table.holds(0)).toBe(true);
    for (let sent = 0; sent < 200_000; sent++) table.resolve(send(table, 20 * SECOND), ProbeState.answered);
    expect(table.holds(0)).toBe(false);
  });

  it('has no room at its limit as long as the oldest probe is pending', () => {
    const table = new InFlightTable(SECOND, 4096);
    for (let sent = 0; sent < 4096; sent++) expect(send(table, 0)).toBe(sent);
    expect(table.hasRoom(at(0))).toBe(false);
    table.resolve(1, ProbeState.answered);
    expect(table.hasRoom(at(0))).toBe(false);
    table.resolve(0, ProbeState.lost);
    expect(table.hasRoom(at(0))).toBe(true);
    expect(table.holds(0)).toBe(false);
    expect(send(table, 0)).toBe(4096);
  });

  it('tells how many unresolved probes are young, in whatever order they are resolved', () => {
    const table = new InFlightTable(SECOND);
    for (let sent = 0; sent < 10; sent++) send(table, sent * 10);
    expect(table.pendingSince(at(-1))).toBe(10);
    expect(table.pendingSince(at(30))).toBe(6);
    expect(table.nextToAge).toBe(4);
    table.resolve(1, ProbeState.answered);
    table.resolve(7, ProbeState.answered);
    expect(table.pendingSince(at(30))).toBe(5);
    expect(table.pendingSince(at(1000))).toBe(0);
    expect(table.pending).toBe(8);
    expect(table.nextToAge).toBe(NO_PROBE);
  });

  it('takes an answer from the address asked only, and link-local ones from the right interface', () => {
    const table = new InFlightTable(SECOND);
    table.hasRoom(at(0));
    const probe = table.add(0, 1, 1);
    table.setDestination(probe, 6, words('fe80::7'), 3, false);
    expect(table.isAnsweredBy(probe, 6, words('fe80::7'), 3)).toBe(true);
    expect(table.isAnsweredBy(probe, 6, words('fe80::7'), 0)).toBe(true);
    expect(table.isAnsweredBy(probe, 6, words('fe80::7'), 4)).toBe(false);
    expect(table.isAnsweredBy(probe, 6, words('fe80::8'), 3)).toBe(false);
  });

  it('takes an answer to a multicast probe from any address of the family', () => {
    const table = new InFlightTable(SECOND);
    table.hasRoom(at(0));
    const probe = table.add(0, 1, 1);
    table.setDestination(probe, 4, words('224.0.0.1'), 0, true);
    expect(table.isAnsweredBy(probe, 4, words('192.0.2.9'), 0)).toBe(true);
    expect(table.isAnsweredBy(probe, 6, words('2001:db8::1'), 0)).toBe(false);
    expect(table.isDestination(probe, 4, words('224.0.0.1'))).toBe(true);
    expect(table.isDestination(probe, 4, words('192.0.2.9'))).toBe(false);
  });
});
