import { it } from 'vitest';
import { ALL_OPTIONS } from '../../../src/options/table.js';
import { expectAsListed, refusalOf, tryRow } from '../../support/kernel/option-rows.js';
import { needsPrivilege } from '../../support/kernel/option-sockets.js';
import { describeNeeding } from '../../support/lab/index.js';

/** Ping sockets are left to the tests of ping: they need no privilege, but a sysctl. */
const PING_SOCKETS = ['icmp', 'icmp6'];

const privileged = ALL_OPTIONS.flatMap(option => {
  const mine = option.on.filter(kind => !PING_SOCKETS.includes(kind));
  const kinds = mine.filter(kind => option.capability !== undefined || needsPrivilege(kind));
  return kinds.map(kind => ({ name: option.name, kind, option }));
});

describeNeeding(
  ['rawSockets', 'networkAdministration'],
  'every option that needs a privilege, or whose socket does',
  () => {
    it.each(privileged)(
      '$name of a $kind socket works as its row says, or is refused as listed',
      ({ name, option, kind }) => {
        const refusal = refusalOf(() => tryRow(option, kind));
        expectAsListed(name, refusal);
      },
    );
  },
);
