import { describe, expect, it } from 'vitest';
import { readMtrCall } from '../../../../src/cli/commands/mtr-arguments.js';
import { readTraceCall } from '../../../../src/cli/commands/trace-arguments.js';
import { silentTerminal } from '../collected-page.js';

const words = (line: string): string[] => line.split(' ').filter(Boolean);
const trace = (line: string) => readTraceCall('subsocket trace', words(line), silentTerminal());
const mtr = (line: string) => readMtrCall('subsocket mtr', words(line), silentTerminal());

describe('the arguments of trace', () => {
  it('are those of traceroute, before and behind the target', () => {
    const call = trace('-n -m 20 -f 2 -q 5 -w 1.5 -N 8 -p 53 --sport 4000 -t 0x10 host 100 --rate 50 --mark 7');
    expect(call).toMatchObject({ target: 'host', numeric: true });
    expect(call.options).toMatchObject({
      ...{ maxTtl: 20, firstTtl: 2, probes: 5, timeout: 1500, inFlight: 8, port: 53, sourcePort: 4000 },
      ...{ trafficClass: 16, packetLength: 100, rate: 50, mark: 7, names: false },
    });
  });

  it.each([
    ['-I x', 'icmp'],
    ['-U x', 'udp'],
    ['--tcp x', 'tcp'],
    ['--protocol auto x', 'auto'],
    ['x', undefined],
  ])('name a protocol: %s', (line, protocol) => {
    expect(trace(line).options.protocol).toBe(protocol);
  });

  it("take traceroute's three waits, of which the first is a bound", () => {
    expect(trace('-w 5.0,3.0,10.0 x').options.timeout).toBe(5000);
  });

  it.each([
    ['--mda --confidence 99 x', 0.99],
    ['--mda --confidence 99% x', 0.99],
    ['--mda --confidence 0.9 x', 0.9],
  ])('take a confidence as per cent or share: %s', (line, confidence) => {
    expect(trace(line).options.multipath).toEqual({ confidence });
  });

  it.each([
    ['-m 0 x', '-m takes 1 to 255 hops, not 0'],
    ['-q 11 x', '-q takes 1 to 10 probes, not 11'],
    ['-f x y', '-f takes 1 to 255 hops, not x'],
    ['-I -U x', 'icmp and udp exclude one another'],
    ['--paris --classic x', '--paris and --classic exclude one another'],
    ['--confidence 99 x', '--confidence is of --mda'],
    ['--graph dot x', '--graph is of --mda, which was not given'],
    ['--as-zone as.example x', '--as-zone is of -A, which was not given'],
    ['--as-server 127.0.0.1 x', '--as-server is of -A, which was not given'],
    ['-A --as-server dns.example x', '--as-server takes ADDRESS, ADDRESS:PORT or [ADDRESS]:PORT, not dns.example'],
    ['-A --as-zone a..example x', '--as-zone takes the name of a zone, as origin.asn.cymru.com, not a..example'],
    ['--mda --confidence 100 x', '--confidence takes'],
    ['x 60 y', 'one target'],
    ['-4 -6 x', '-4 and -6 exclude one another'],
  ])('are refused by name: %s', (line, message) => {
    expect(() => trace(line)).toThrow(message);
  });
});

describe('the arguments of mtr', () => {
  it("are mtr's letters", () => {
    const call = mtr('-r -c 20 -i 0.5 -u -P 53 -s 100 -Q 8 -m 9 -f 2 -n host');
    expect(call).toMatchObject({ target: 'host', report: true, numeric: true });
    expect(call.options).toMatchObject({
      ...{ rounds: 20, interval: 500, protocol: 'udp', port: 53, packetLength: 100, trafficClass: 8 },
      ...{ maxTtl: 9, firstTtl: 2 },
    });
  });

  it('say where AS numbers are looked up, as those of trace do', () => {
    const as = { zone: { 4: 'as.example', 6: 'as.example' }, servers: ['127.0.0.1:53'] };
    const words = '--as-zone as.example --as-server 127.0.0.1:53 x';
    expect(trace(`-A ${words}`).options.as).toEqual(as);
    expect(mtr(`-z ${words}`).options.as).toEqual(as);
    expect(mtr('-z x').options.as).toEqual({});
  });

  it('make a report of ten rounds where the output is no terminal', () => {
    expect(mtr('host')).toMatchObject({ report: true, options: { rounds: 10 } });
  });

  it('go on without end with --json', () => {
    expect(mtr('--json host')).toMatchObject({ report: false, json: true, options: { rounds: undefined } });
  });

  it.each([
    ['-c 0 x', '-c takes 1 to'],
    ['--as-zone as.example x', '--as-zone is of -z, which was not given'],
    ['-i 0 x', '-i takes 0.01 to 3600 seconds, not 0'],
    ['-u -T x', 'udp and tcp exclude one another'],
    ['x y', 'one target'],
  ])('are refused by name: %s', (line, message) => {
    expect(() => mtr(line)).toThrow(message);
  });
});
