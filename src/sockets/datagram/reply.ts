import { requireObject } from '../../io/argument-error.js';
import type { Datagram } from './datagram.js';
import type { Endpoint } from './endpoint.js';
import type { SendOptions } from './outgoing-datagram.js';

/**
 * How an answer goes back the way its question came: to its source, from the address it was sent to, by the interface it
 * came in on where the addresses are of that link only.
 */
export function replyOptions(question: Datagram): SendOptions & { destination: Endpoint } {
  const { source, localAddress, interfaceIndex, destination } = requireObject('question', question);
  requireObject('question.source', source);
  const onLink = source.address.isLinkLocal || destination?.isMulticast === true;
  return {
    destination: { address: source.address, port: source.port },
    ...(localAddress && { source: localAddress }),
    ...(onLink && interfaceIndex !== undefined && { interface: interfaceIndex }),
  };
}
