import { expect, test } from 'vitest';
import { MessageBatch } from '../../../src/io/message-batch.js';
import { native } from '../../../src/io/native.js';
import { keepIcmpAnswers } from '../../../src/sockets/icmp-filter.js';
import { ping } from '../../../src/tools/ping.js';
import { LINUX } from '../../../src/wire/constants.generated.js';
import { ICMP_TYPE, ICMP6_TYPE } from '../../../src/wire/icmp-types.js';
import { Descriptors, domainOf, LOOPBACK } from '../../support/kernel/loopback.js';
import { describeNeeding } from '../../support/lab/index.js';

describeNeeding('rawSockets', 'a raw ICMP socket that keeps answers', () => {
  test.each([
    { family: 4, protocol: LINUX.IPPROTO_ICMP, header: 20, reply: ICMP_TYPE.echoReply },
    { family: 6, protocol: LINUX.IPPROTO_ICMPV6, header: 0, reply: ICMP6_TYPE.echoReply },
  ] as const)('IPv$family: gets the replies of loopback, and not the requests', async way => {
    using descriptors = new Descriptors();
    const descriptor = descriptors.keep(native().socket(domainOf(way.family), LINUX.SOCK_RAW, way.protocol));
    keepIcmpAnswers(descriptor, way.family);
    await ping(LOOPBACK[way.family], { count: 3, interval: 1 }).summary();
    const batch = new MessageBatch({ slots: 16, payloadBytes: 256 });
    const count = batch.receive(descriptor, 0);
    const types = Array.from({ length: count }, (_, slot) => batch.payload[slot * batch.payloadStride + way.header]);
    expect(types.length).toBeGreaterThanOrEqual(3);
    expect(new Set(types)).toEqual(new Set([way.reply]));
  });
});
