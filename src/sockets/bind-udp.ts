import { createSocket, type Socket } from 'node:dgram';
import { refuseMember, requireChoice, requireObject, requireSignal } from '../io/argument-error.js';
import { native } from '../io/native.js';
import { applySettings, encodeSettings } from '../io/option-settings.js';
import type { OptionSettings } from '../options/table.js';
import { LINUX } from '../wire/constants.generated.js';
import { ANY_ADDRESS, familyNumber, requireAddressText, requirePort } from './stream/ip-endpoint.js';
import { bindTo, withNewSocket } from './stream/open-socket.js';

export interface BindUdpOptions {
  /** Default: 0, which the kernel chooses. */
  port?: number | string;
  /** An address of this machine, or a group. Default: every address of the family. */
  address?: string;
  /** Without an address: which IP version. Default: 4. */
  family?: 4 | 6;
  /** Set before the socket is bound, in this order. */
  options?: OptionSettings;
  /** Default: udp. */
  protocol?: 'udp' | 'udplite';
  /** Gives the binding up before it is done, and closes the socket after: as for dgram.createSocket. */
  signal?: AbortSignal;
}

/**
 * Binds a datagram socket whose options are set before, and gives Node's own dgram.Socket, bound.
 * @throws OptionNameError, OptionValueError, ArgumentError before any system call; SystemCallError naming the option or the
 * address that the kernel refused. Nothing stays open then.
 */
export async function bindUdp(options: BindUdpOptions = {}): Promise<Socket> {
  requireObject('bindUdp', options, 'an object of options');
  refuseMember(options, 'host', 'it is called address');
  const { family: version = 4, protocol, signal, address, port = 0 } = options;
  requireChoice('family', version, [4, 6]);
  requireChoice('protocol', protocol, ['udp', 'udplite']);
  const settings = encodeSettings(options.options);
  const local = {
    address: address === undefined ? ANY_ADDRESS[version] : requireAddressText('address', address),
    port: requirePort('port', port),
  };
  requireSignal(signal)?.throwIfAborted();
  const family = familyNumber(local.address);
  const number = protocol === 'udplite' ? LINUX.IPPROTO_UDPLITE : LINUX.IPPROTO_UDP;
  const socket = createSocket({ type: family === LINUX.AF_INET ? 'udp4' : 'udp6', signal });
  try {
    const descriptor = withNewSocket({ family, type: LINUX.SOCK_DGRAM, protocol: number }, made => {
      applySettings(made, settings);
      bindTo(made, local);
      return made;
    });
    return await adopt(socket, descriptor);
  } catch (error) {
    socket.close();
    throw error;
  }
}

/** `exclusive` keeps a worker of node:cluster from asking its primary for the descriptor, which is not the primary's. */
function adopt(socket: Socket, descriptor: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => {
      native().close(descriptor);
      reject(error);
    };
    socket.once('error', fail);
    socket.bind({ fd: descriptor, exclusive: true }, () => {
      socket.off('error', fail);
      native().release(descriptor);
      resolve(socket);
    });
  });
}
