import { afterAll, beforeAll, expect, test } from 'vitest';
import { jsonLines } from '../../support/cli/command.js';
import { type Chain, chain, describeNeeding, Lab } from '../../support/lab/index.js';

const library = new URL('../../../dist/index.js', import.meta.url).href;

/** The target answers nothing but connections to port 443. */
const ONLY_HTTPS = `table inet only {
 chain c {
  type filter hook input priority 0;
  tcp dport 443 accept
  meta l4proto { tcp, udp } drop
  icmp type echo-request drop
  icmpv6 type echo-request drop
 }
}
`;
const EVERYTHING = 'delete table inet only';

describeNeeding(['namespaces', 'nftables'], 'connections of a trace without privilege', () => {
  let lab: Lab;
  let path: Chain;

  beforeAll(() => {
    lab = new Lab();
    path = chain(lab, 3);
  });
  afterAll(() => lab.close());

  test.each([4, 6] as const)('IPv%i: one to another port leaves the first alone', async family => {
    path.server.nft(ONLY_HTTPS);
    try {
      const { stdout } = await path.client.subsocket(['trace', '--json', '-n', path.target(family)], {
        unprivileged: true,
      });
      expect(jsonLines(stdout).at(-1)).toMatchObject({ type: 'result', reached: true });
    } finally {
      path.server.nft(EVERYTHING);
    }
  });

  test.each([4, 6] as const)('IPv%i: those to several targets leave each other alone', async family => {
    const targets = path.path(family).slice(1);
    const options = { protocol: 'tcp', sockets: 'unprivileged', names: false };
    const program = `
      const { traceroute } = await import(${JSON.stringify(library)});
      for await (const event of traceroute(${JSON.stringify(targets)}, ${JSON.stringify(options)})) {
        if (event.type === 'result') console.log(event.target, event.reached);
        for (const probe of event.probes ?? []) if (probe.timeout) console.log('timeout', event.ttl);
      }`;
    const { stdout } = await path.client.exec(process.execPath, ['--input-type=module', '--eval', program]);
    expect(stdout.trim().split('\n').toSorted()).toEqual(targets.map(target => `${target} true`).toSorted());
  });
});
