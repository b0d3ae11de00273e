import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PingEngine } from '../../../../src/engine/ping/ping-engine.js';
import type { PingEvent } from '../../../../src/engine/ping/ping-event.js';
import type { PingEngineOptions, PingTarget } from '../../../../src/engine/ping/ping-options.js';
import { LINUX } from '../../../../src/wire/constants.generated.js';
import { encodeIcmpMessage, writeIcmpChecksum } from '../../../../src/wire/icmp-message.js';
import { IpAddress } from '../../../../src/wire/ip-address.js';
import type { Monotonic } from '../../../../src/wire/time.js';
import { arrivalOf, dirtySlot, messageOf } from '../../../support/engine/packets.js';
import { encodePacket } from '../../../support/simulation/ip-packet.js';

const MILLISECOND = 1e6;
const IDENTIFIER = 4711;
const TARGET = '192.0.2.7';
const at = (milliseconds: number) => (milliseconds * MILLISECOND) as Monotonic;

function createEngine(
  options: Partial<PingEngineOptions> = {},
  targets: (PingTarget | 'wait')[] = [pingTarget(TARGET)],
) {
  const left = [...targets];
  return new PingEngine({
    targets: { next: () => left.shift() },
    lanes: { 4: { identifier: IDENTIFIER, socket: 'raw' }, 6: { identifier: IDENTIFIER, socket: 'raw' } },
    seed: [1, 2, 3, 4],
    count: 1,
    ...options,
  });
}

function pingTarget(address: string, more: Partial<PingTarget> = {}): PingTarget {
  return { address: IpAddress.parse(address), ...more };
}

/** Sends the probe that is due. */
function send(engine: PingEngine, time: number): Uint8Array | undefined {
  const slot = dirtySlot();
  if (!engine.pollTransmit(at(time), slot)) return undefined;
  engine.handleSent(at(time), slot.probe);
  return messageOf(slot);
}

function replyTo(request: Uint8Array): Uint8Array {
  const reply = request.slice();
  reply[0] = 0;
  writeIcmpChecksum(reply, 0, reply.length);
  return reply;
}

/** What a router says of a request that it passes on: a redirect to 192.0.2.254, or a source quench. */
function adviceAbout(request: Uint8Array, type: 4 | 5): Uint8Array {
  const [source, destination] = [IpAddress.parse('192.0.2.1'), IpAddress.parse(TARGET)];
  const quote = encodePacket({ source, destination, protocol: 1, hopLimit: 64 }, request);
  const gateway = type === 5 ? { gateway: IpAddress.parse('192.0.2.254') } : {};
  return encodeIcmpMessage(4, { kind: 'error', type, code: 1, ...gateway, quote });
}

function eventsOf(engine: PingEngine): PingEvent[] {
  const events: PingEvent[] = [];
  for (let event = engine.pollEvent(); event !== undefined; event = engine.pollEvent()) events.push(event);
  return events;
}

function describeAll(events: readonly PingEvent[]): string[] {
  return events.map(event => ('sequence' in event ? `${event.type} ${event.sequence}` : event.type));
}

describe('PingEngine', () => {
  it('tells start, reply, summary and total of a ping that is answered', () => {
    const engine = createEngine({}, [pingTarget(TARGET, { label: 'a.example' })]);
    const request = send(engine, 0) ?? new Uint8Array();
    expect(send(engine, 0)).toBeUndefined();
    expect(engine.nextTimeout()).toBe(at(1000));
    engine.handleArrival(at(5), arrivalOf(replyTo(request), { from: TARGET, taken: at(5) }));
    const events = eventsOf(engine);
    expect(describeAll(events)).toEqual(['start', 'reply 1', 'summary', 'total']);
    expect(events[0]).toEqual({
      type: 'start',
      target: 'a.example',
      address: TARGET,
      family: 4,
      socket: 'raw',
      size: 56,
    });
    expect(events[1]).toMatchObject({ target: 'a.example', address: TARGET, size: 64, ttl: 60, rtt: 5, clock: 'user' });
    expect(events[2]).toMatchObject({ sent: 1, received: 1, lost: 0, loss: 0, elapsed: 5 });
    expect(events[3]).toMatchObject({ targets: 1, answered: 1, sent: 1, received: 1 });
    expect(engine.done).toBe(true);
    expect(engine.nextTimeout()).toBeUndefined();
  });

  it('waits for targets that are still to come, and goes on when they do', () => {
    const engine = createEngine({}, ['wait', pingTarget(TARGET), 'wait', 'wait']);
    expect(send(engine, 0)).toBeUndefined();
    expect(engine.nextTimeout()).toBeUndefined();
    expect(engine.done).toBe(false);
    const request = send(engine, 50) ?? new Uint8Array();
    engine.handleArrival(at(60), arrivalOf(replyTo(request), { from: TARGET, taken: at(60) }));
    expect(engine.done).toBe(false);
    expect(send(engine, 70)).toBeUndefined();
    expect(send(engine, 80)).toBeUndefined();
    expect(send(engine, 90)).toBeUndefined();
    expect(engine.done).toBe(true);
  });

  it('is done at once where there is no target', () => {
    const engine = createEngine({}, []);
    expect(send(engine, 0)).toBeUndefined();
    expect(eventsOf(engine)).toMatchObject([{ type: 'total', targets: 0, sent: 0, loss: 0, rtt: null, elapsed: 0 }]);
  });

  it('stops with what is pending lost, and a summary', () => {
    const engine = createEngine({ count: 100 });
    send(engine, 0);
    engine.stop(at(300));
    expect(describeAll(eventsOf(engine))).toEqual(['start', 'timeout 1', 'summary', 'total']);
    expect([engine.done, engine.pending]).toEqual([true, 0]);
    engine.stop(at(400));
    expect(eventsOf(engine)).toEqual([]);
  });

  it('stops before it has begun', () => {
    const engine = createEngine();
    engine.stop(at(300));
    expect(eventsOf(engine)).toMatchObject([{ type: 'total', targets: 0, elapsed: 0 }]);
    expect(send(engine, 301)).toBeUndefined();
  });

  it('stops with a probe that the kernel has not taken', () => {
    const engine = createEngine();
    const slot = dirtySlot();
    engine.pollTransmit(at(0), slot);
    engine.stop(at(1));
    engine.handleSent(at(2), slot.probe);
    engine.handleSendError(at(2), slot.probe, LINUX.ENOBUFS);
    expect(engine.counts).toMatchObject({ sent: 1, lost: 1, received: 0 });
  });

  it('does not let time run for a probe that the kernel has not taken', () => {
    const engine = createEngine();
    const slot = dirtySlot();
    engine.pollTransmit(at(0), slot);
    engine.handleTimeout(at(5000));
    expect(engine.counts.lost).toBe(0);
    engine.handleSent(at(5000), slot.probe);
    expect(engine.nextTimeout()).toBe(at(6000));
    engine.handleTimeout(at(6000));
    expect(engine.counts.lost).toBe(1);
  });

  it('fails a target whose family has no socket, once, and the others go on', () => {
    const lanes = { 4: { identifier: IDENTIFIER, socket: 'raw', lane: 5 } } as const;
    const engine = createEngine({ lanes, retries: 3 }, [pingTarget('2001:db8::7'), pingTarget(TARGET)]);
    const slot = dirtySlot();
    expect(engine.pollTransmit(at(0), slot)).toBe(true);
    expect([slot.family, slot.lane]).toEqual([4, 5]);
    const error = { type: 'error', target: '2001:db8::7', sequence: 1, from: null, code: 'EAFNOSUPPORT' };
    expect(eventsOf(engine)).toMatchObject([{ type: 'start' }, error, { type: 'summary', lost: 1 }, { type: 'start' }]);
  });

  it('sends to the address, interface and family of the target', () => {
    const engine = createEngine({}, [pingTarget('fe80::9', { scopeId: 3 })]);
    const slot = dirtySlot();
    engine.pollTransmit(at(0), slot);
    expect(IpAddress.fromWords(6, slot.destination).toString()).toBe('fe80::9');
    expect([slot.scopeId, slot.family, slot.lane, slot.length]).toEqual([3, 6, 1, 64]);
  });

  it.each([
    ['0.0.0.0', '127.0.0.1'],
    ['::', '::1'],
  ])('takes %s for this host, as the kernel does', (target, loopback) => {
    const engine = createEngine({}, [pingTarget(target, { label: target })]);
    const slot = dirtySlot();
    engine.pollTransmit(at(0), slot);
    expect(IpAddress.fromWords(slot.family, slot.destination).toString()).toBe(loopback);
    expect(engine.pollEvent()).toMatchObject({ type: 'start', target, address: loopback });
  });

  it('makes no event that nobody listens for', () => {
    const engine = createEngine({ report: 'total' });
    const request = send(engine, 0) ?? new Uint8Array();
    engine.handleArrival(at(5), arrivalOf(replyTo(request), { from: TARGET }));
    send(engine, 5);
    expect(describeAll(eventsOf(engine))).toEqual(['total']);
  });

  it('tells of a late reply from a target that is done, and counts it in the total', () => {
    const engine = createEngine({}, [pingTarget(TARGET, { label: 'a.example' }), pingTarget('192.0.2.8')]);
    const first = send(engine, 0) ?? new Uint8Array();
    send(engine, 900);
    engine.handleTimeout(at(1000));
    expect(describeAll(eventsOf(engine))).toEqual(['start', 'start', 'timeout 1', 'summary']);
    engine.handleArrival(at(1100), arrivalOf(replyTo(first), { from: TARGET }));
    engine.handleTimeout(at(1900));
    send(engine, 1900);
    expect(engine.pollEvent()).toMatchObject({ type: 'late', target: 'a.example', address: TARGET, sequence: 1 });
    expect(eventsOf(engine).at(-1)).toMatchObject({ type: 'total', sent: 2, lost: 2, late: 1, received: 0 });
  });

  it('gives its own stamp to the probe that a stamp is about, whatever address comes with it', () => {
    const engine = createEngine();
    const request = send(engine, 0) ?? new Uint8Array();
    engine.handleArrival(at(1), arrivalOf(request, { kind: 'stamp', from: '0.0.0.0', stamp: 7_000_000 }));
    const reply = arrivalOf(replyTo(request), { from: TARGET, stamp: 9_000_000, taken: at(5) });
    engine.handleArrival(at(5), reply);
    expect(eventsOf(engine)[1]).toMatchObject({ type: 'reply', rtt: 2, clock: 'kernel' });
  });

  it('takes the errno of a local error from the error queue, with the MTU', () => {
    const engine = createEngine();
    const request = send(engine, 0) ?? new Uint8Array();
    const error = arrivalOf(request, { kind: 'error', from: TARGET });
    Object.assign(error, { errno: LINUX.EMSGSIZE, errorOrigin: LINUX.SO_EE_ORIGIN_LOCAL, errorInfo: 1400 });
    engine.handleArrival(at(1), error);
    expect(eventsOf(engine)[1]).toMatchObject({ type: 'error', from: null, code: 'EMSGSIZE', mtu: 1400 });
  });

  it('counts an error of the error queue that quotes nothing of ours as foreign', () => {
    const engine = createEngine();
    const request = send(engine, 0) ?? new Uint8Array();
    request[10] = 0;
    engine.handleArrival(at(1), arrivalOf(request, { kind: 'error', from: TARGET }));
    expect(engine.counts).toMatchObject({ foreign: 1, errors: 0 });
  });

  it('takes no redirect for a failure: the packet was forwarded, and is answered', () => {
    const engine = createEngine();
    const request = send(engine, 0) ?? new Uint8Array();
    const redirect = adviceAbout(request, 5);
    engine.handleArrival(at(1), arrivalOf(redirect, { from: '192.0.2.253' }));
    expect(engine.counts).toMatchObject({ errors: 0, foreign: 0, lost: 0 });
    engine.handleArrival(at(2), arrivalOf(replyTo(request), { from: TARGET, taken: at(2) }));
    const events = eventsOf(engine);
    expect(describeAll(events).slice(0, 3)).toEqual(['start', 'redirect 1', 'reply 1']);
    expect(events[1]).toMatchObject({ from: '192.0.2.253', gateway: '192.0.2.254', icmpType: 5, icmpCode: 1 });
  });

  it('takes a redirect from the error queue', () => {
    const engine = createEngine();
    const request = send(engine, 0) ?? new Uint8Array();
    const error = arrivalOf(request, { kind: 'error', from: TARGET });
    Object.assign(error, { errorOrigin: LINUX.SO_EE_ORIGIN_ICMP, errorType: 5, errorCode: 0, errorInfo: 0xc00002fe });
    IpAddress.parse('192.0.2.253').writeWords(error.offender);
    engine.handleArrival(at(1), Object.assign(error, { hasOffender: true }));
    expect(eventsOf(engine)[1]).toMatchObject({ type: 'redirect', from: '192.0.2.253', gateway: '192.0.2.254' });
    expect(engine.counts).toMatchObject({ errors: 0, foreign: 0, lost: 0 });
  });

  it('says nothing of a redirect about what it did not send, nor of a source quench', () => {
    const engine = createEngine();
    const request = send(engine, 0) ?? new Uint8Array();
    engine.handleArrival(at(1), arrivalOf(adviceAbout(request, 4), { from: '192.0.2.253' }));
    request[10] = (request[10] ?? 0) ^ 1;
    engine.handleArrival(at(1), arrivalOf(adviceAbout(request, 5), { from: '192.0.2.253' }));
    expect(describeAll(eventsOf(engine))).toEqual(['start']);
    expect(engine.counts).toMatchObject({ errors: 0, foreign: 0, lost: 0 });
  });
});

describe('PingEngine and hostile bytes', () => {
  const kinds = fc.constantFrom('message', 'stamp', 'error') as fc.Arbitrary<'message' | 'stamp' | 'error'>;
  const from = fc.constantFrom(TARGET, '203.0.113.9', '2001:db8::7');

  it('survives any message, and takes none for an answer', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), kinds, from, (bytes, kind, address) => {
        const engine = createEngine();
        send(engine, 0);
        engine.handleArrival(at(1), arrivalOf(bytes, { kind, from: address }));
        expect(engine.counts).toMatchObject({ sent: 1, received: 0, lost: 0, corrupted: 0 });
      }),
      { numRuns: 2000 },
    );
  });

  it('survives every prefix of a true reply and of an error, and counts none of them as received', () => {
    const [source, destination] = [IpAddress.parse('192.0.2.1'), IpAddress.parse(TARGET)];
    const request = send(createEngine(), 0) ?? new Uint8Array();
    const quote = encodePacket({ source, destination, protocol: 1, hopLimit: 64 }, request);
    const error = encodeIcmpMessage(4, { kind: 'error', type: 3, code: 1, quote });
    for (const whole of [replyTo(request), error]) {
      for (let length = 0; length < whole.length; length++) {
        const engine = createEngine();
        send(engine, 0);
        engine.handleArrival(at(1), arrivalOf(whole.slice(0, length), { from: TARGET }));
        expect(engine.counts).toMatchObject({ received: 0, errors: 0 });
      }
    }
  });

  it('takes a true reply with any one bit changed for nothing but what it is', () => {
    const request = send(createEngine(), 0) ?? new Uint8Array();
    const reply = replyTo(request);
    for (let bit = 0; bit < 8 * reply.length; bit++) {
      const engine = createEngine();
      send(engine, 0);
      const altered = reply.slice();
      altered[bit >> 3] = (altered[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      engine.handleArrival(at(1), arrivalOf(altered, { from: TARGET }));
      expect(engine.counts.received).toBe(0);
    }
  });
});
