import { describe, expect, it } from 'vitest';
import { canPing, doctor } from '../../../src/tools/doctor.js';
import { jsonLines, subsocket, typed } from '../../support/cli/command.js';
import { unprivilegedWords } from '../../support/lab/unprivileged.js';

const NAMES = [
  'raw-icmp',
  'raw-icmp-ipv6',
  'ping-socket',
  'ping-socket-ipv6',
  'mark',
  'bind-to-device',
  'receive-buffer-force',
  'filter',
  'error-queue',
  'transmit-stamps',
  'receive-stamps',
  'user-namespaces',
  'network-namespaces',
  'tun-device',
];

describe('doctor', () => {
  it('finds what this process may do by doing it, and gives a reason for each refusal', async () => {
    const findings = await doctor();
    expect(findings.map(({ name }) => name)).toEqual(NAMES);
    for (const { allowed, reason, mend } of findings) {
      if (allowed) expect([reason, mend]).toEqual([null, null]);
      else expect(reason).toMatch(/\S/);
    }
    const unprivileged = findings.filter(({ name }) => /filter|stamps|error-queue/.test(name));
    expect(unprivileged.map(({ allowed }) => allowed)).toEqual([true, true, true, true]);
  });

  it('leaves no descriptor open', async () => {
    const { readdirSync } = await import('node:fs');
    await doctor();
    const before = readdirSync('/proc/self/fd').length;
    await doctor();
    expect(readdirSync('/proc/self/fd').length).toBe(before);
  });

  it('prints a line for each thing and the result, as text and as JSON', async () => {
    const [text, json] = await Promise.all([typed('doctor'), typed('doctor --json')]);
    const lines = jsonLines(json.stdout);
    expect(lines.map(({ type, name }) => name ?? type)).toEqual([...NAMES, 'result']);
    for (const name of NAMES) expect(text.stdout).toMatch(new RegExp(`^(yes|NO ) +${name} `, 'm'));
    const works = lines.at(-1)?.ping === true;
    expect([text.status, json.status]).toEqual(works ? [0, 0] : [1, 1]);
  });

  it('names what a process without privilege lacks, with the exact command that gives it', async () => {
    const { stdout } = await subsocket(['doctor', '--json'], '', unprivilegedWords());
    const findings = jsonLines(stdout);
    const finding = (name: string) => findings.find(candidate => candidate.name === name);
    expect(finding('raw-icmp')).toMatchObject({ allowed: false, reason: expect.stringMatching(/EPERM.*CAP_NET_RAW/) });
    expect(finding('raw-icmp')?.mend).toMatch(/^sudo setcap cap_net_raw\+ep|^docker run --cap-add=NET_RAW/);
    // setcap(8) replaces what there is: a command must not take back what those before it gave.
    expect(finding('mark')?.mend).toMatch(/^sudo setcap cap_net_admin,cap_net_raw\+ep|^docker run --cap-add=NET_ADMIN/);
    expect(finding('receive-buffer-force')).toMatchObject({ allowed: false });
    expect(finding('error-queue')).toMatchObject({ allowed: true });
  });

  it('says that ping works where one kind of socket is allowed', () => {
    const finding = (name: string, allowed: boolean) =>
      ({ type: 'capability', name, about: '', allowed, reason: null, mend: null }) as const;
    expect(canPing([finding('raw-icmp', false), finding('ping-socket', true)])).toBe(true);
    expect(canPing([finding('raw-icmp', false), finding('filter', true)])).toBe(false);
  });
});
