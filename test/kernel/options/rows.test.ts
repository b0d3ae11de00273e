import { describe, expect, it } from 'vitest';
import { hasCapability } from '../../../src/io/permission.js';
import { ALL_OPTIONS } from '../../../src/options/table.js';
import { expectAsListed, refusalOf, tryRow } from '../../support/kernel/option-rows.js';
import { needsPrivilege } from '../../support/kernel/option-sockets.js';

const ordinary = ALL_OPTIONS.flatMap(option => {
  const kind = option.on.find(each => !needsPrivilege(each));
  const always = option.capability !== undefined && option.capabilityWhen === undefined;
  return !always && kind !== undefined ? [{ name: option.name, option, kind }] : [];
});

describe('every option that needs no privilege', () => {
  it.each(ordinary)('$name works as its row says, or is refused as listed', ({ name, option, kind }) => {
    const refusal = refusalOf(() => tryRow(option, kind));
    const lacks = option.capability !== undefined && !hasCapability(option.capability);
    if (lacks && refusal !== undefined) expect(refusal).toBe('EPERM');
    else expectAsListed(name, refusal);
  });
});
