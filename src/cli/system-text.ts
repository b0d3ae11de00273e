import { native } from '../io/native.js';
import { LINUX, type LinuxName } from '../wire/constants.generated.js';

/** strerror(3) of an errno's name: "Network is unreachable" for ENETUNREACH. */
export function errnoText(code: string): string {
  return code in LINUX ? native().errnoMessage(LINUX[code as LinuxName]) : code;
}

/** Milliseconds since 1970, with the kernel's resolution. */
export function wallClock(): number {
  return native().realtimeOrigin + native().realtimeNow() / 1e6;
}
