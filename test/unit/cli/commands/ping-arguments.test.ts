import { describe, expect, it } from 'vitest';
import { readPingCall } from '../../../../src/cli/commands/ping-arguments.js';
import { silentTerminal } from '../collected-page.js';

const read = (line: string) => readPingCall('subsocket ping', line.split(' ').filter(Boolean), silentTerminal());

describe('the arguments of ping', () => {
  it('speaks milliseconds to the library', () => {
    expect(read('-c 4 -i 0.2 -W 1.5 -w 10 host').options).toMatchObject({
      count: 4,
      interval: 200,
      timeout: 1500,
      deadline: 10_000,
    });
  });

  it('takes options before, between and behind targets, joined or apart', () => {
    const call = read('-nqc3 a -s 100 b -t5');
    expect(call).toMatchObject({ targets: ['a', 'b'], numeric: true, quiet: true });
    expect(call.options).toMatchObject({ count: 3, size: 100, ttl: 5 });
  });

  it('passes everything else on by its name', () => {
    const call = read(
      '-Q 0x10 -M do -m 0xff -p ff00 -f -A -R --rate 0 --retries 2 --no-transmit-stamps -4 -D -O --json x',
    );
    expect(call.options).toMatchObject({
      trafficClass: 16,
      mtuDiscover: 'do',
      mark: 255,
      pattern: 'ff00',
      flood: true,
      adaptive: true,
      recordRoute: true,
      rate: 0,
      retries: 2,
      transmitStamps: false,
      family: 4,
    });
    expect(call).toMatchObject({ stamps: true, outstanding: true, json: true });
  });

  it('reads -I as an address where it is one, else as an interface, and takes both', () => {
    expect(read('-I eth0 x').options).toMatchObject({ interface: 'eth0' });
    expect(read('-I 192.0.2.1 x').options).toMatchObject({ source: '192.0.2.1' });
    expect(read('-I eth0 -I 2001:db8::1 x').options).toMatchObject({ interface: 'eth0', source: '2001:db8::1' });
    expect(read('--interface eth0 --source 192.0.2.1 x').options).toMatchObject({
      interface: 'eth0',
      source: '192.0.2.1',
    });
  });

  it('takes -b, which changes nothing', () => {
    expect(read('-b -c 1 192.0.2.255')).toEqual(read('-c 1 192.0.2.255'));
  });

  it('takes stamps with and without addresses, and those of the hosts before the target', () => {
    expect(read('-T tsonly x').options.timestamp).toBe('only');
    expect(read('-T tsandaddr x').options.timestamp).toBe('address');
    const call = read('-T tsprespec 192.0.2.1 192.0.2.2 host');
    expect(call.targets).toEqual(['host']);
    expect(call.options.timestamp).toEqual({ prespecified: ['192.0.2.1', '192.0.2.2'] });
  });

  it('generates the hosts of a block and the addresses of a range', () => {
    const { ranges } = read('-g 127.0.0.0/16 -g 10.0.0.1-10.0.0.3');
    expect(ranges.map(({ count }) => count)).toEqual([65_534n, 3n]);
  });

  it('completes a pattern of an odd number of digits as iputils does', () => {
    expect(read('-p abc x').options.pattern).toBe('ab0c');
  });

  it.each([
    ['-s 65508 x', '-s takes 0 to 65507 bytes, not 65508'],
    ['-6 -s 65528 x', '-s takes 0 to 65527 bytes, not 65528'],
    ['-s 65528 ::1', '-s takes 0 to 65527 bytes, not 65528'],
    ['-t 0 x', '-t takes 1 to 255 hops, not 0'],
    ['-i -1 x', '-i takes 0 to 86400 seconds, not -1'],
    ['-c x x', '-c takes 1 to 4294967295, not x'],
    ['-c 0 x', '-c takes 1 to 4294967295, not 0'],
    ['-W 0 x', '-W takes 0.001 to 86400 seconds, not 0'],
    ['-w nan x', '-w takes 0.001 to 86400 seconds, not nan'],
    ['-Q 256 x', '-Q takes 0 to 255, not 256'],
    ['-m -1 x', '-m takes 0 to 4294967295, not -1'],
    ['-M never x', '-M takes do, want, dont or probe, not never'],
    ['-p xyz x', '-p takes 1 to 32 hexadecimal digits, not xyz'],
    ['-T sometimes x', '-T takes tsonly, tsandaddr or tsprespec, not sometimes'],
    ['-T tsprespec x', '-T tsprespec takes 1 to 4 addresses before the target, not 0'],
    ['-T tsprespec ::1 x', '-T tsprespec takes IPv4 addresses, not ::1'],
    ['-g 10.0.0.0/33', '-g takes ADDRESS/BITS or FIRST-LAST, not 10.0.0.0/33'],
    ['--rate 10000001 x', '--rate takes 0 to 10000000 probes a second, not 10000001'],
    ['--retries 101 x', '--retries takes 0 to 100, not 101'],
    ['--source eth0 x', '--source takes an address of this host, not eth0'],
    ['-R -T tsonly x', '-R and -T exclude one another'],
    ['-6 -T tsonly x', '-T is of IPv4 only, and -6 was given'],
    ['-4 -6 x', '-4 and -6 exclude one another'],
    ['--conut 4 x', "unknown option '--conut' (Did you mean --count?)"],
    ['-c', "option '-c, --count <number>' argument missing"],
    ['-n', 'name a target: subsocket ping TARGET'],
  ])('refuses %s', (line, complaint) => {
    expect(() => read(line)).toThrow(complaint);
  });
});
