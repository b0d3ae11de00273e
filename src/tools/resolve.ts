import { lookup } from 'node:dns/promises';
import { type Family, IpAddress } from '../wire/ip-address.js';

/** A name that has no address (of the family asked for). `code` is the resolver's: ENOTFOUND, EAI_AGAIN, ... */
export class ResolveError extends Error {
  override readonly name = 'ResolveError';

  constructor(
    readonly target: string,
    readonly code: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** RFC 1035 section 2.3.4: 255 octets on the wire, of which a text shows 253. */
const LONGEST_NAME = 253;

/**
 * The address that a text means: a literal at once, a name by the system's resolver (getaddrinfo(3)).
 * @param signal gives the look-up up, with its reason.
 * @throws ResolveError
 */
export async function resolve(target: string, family?: Family, signal?: AbortSignal): Promise<IpAddress> {
  const literal = IpAddress.tryParse(target);
  if (literal !== undefined) return requireFamily(target, literal, family);
  if (target === '' || target.length > LONGEST_NAME || /[\s\0]/.test(target)) {
    throw new ResolveError(target, 'ENOTFOUND', `not a host name: ${JSON.stringify(shortened(target))}`);
  }
  try {
    const { address } = await unlessAborted(lookup(target, { family: family ?? 0, verbatim: true }), signal);
    return IpAddress.parse(address);
  } catch (cause) {
    signal?.throwIfAborted();
    throw resolveError(target, family, cause);
  }
}

function shortened(text: string): string {
  return text.length > LONGEST_NAME ? `${text.slice(0, 40)}...` : text;
}

/** getaddrinfo(3) cannot be interrupted: its thread goes on, but nobody waits for it any more. */
async function unlessAborted<Result>(work: Promise<Result>, signal: AbortSignal | undefined): Promise<Result> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    const forget = () => signal.removeEventListener('abort', onAbort);
    work.then(resolve, reject).finally(forget);
  });
}

/**
 * The address to send to: an IPv4-mapped one stands for the IPv4 address in it.
 * @throws ResolveError for an address of the other family than the one asked for.
 */
export function requireFamily(target: string, asked: IpAddress, family?: Family): IpAddress {
  const address = asked.unmap();
  if (family === undefined || address.family === family) return address;
  const problem = `${target} is an IPv${address.family} address, and IPv${family} was asked for`;
  throw new ResolveError(target, 'EAI_ADDRFAMILY', problem);
}

function resolveError(target: string, family: Family | undefined, cause: unknown): ResolveError {
  const code = (cause as NodeJS.ErrnoException).code ?? 'EAI_FAIL';
  const kind = family === undefined ? '' : ` with an IPv${family} address`;
  const text =
    code === 'ENOTFOUND'
      ? `no host named ${target} is known${kind}`
      : `the name ${target} could not be looked up (${code}); try again, or see /etc/resolv.conf`;
  return new ResolveError(target, code, text, { cause });
}
