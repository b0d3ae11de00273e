/** As undici has it. */
const MOST_SESSIONS = 100;

/** TLS sessions by the server that gave them, so that the next handshake with it is shorter (RFC 8446 section 2.2). */
export class SessionCache {
  private readonly sessions = new Map<string, Buffer>();

  get(server: string): Buffer | undefined {
    return this.sessions.get(server);
  }

  /** Keeps the newest of each server; the server that was silent longest is forgotten where there are too many. */
  set(server: string, session: Buffer): void {
    this.sessions.delete(server);
    this.sessions.set(server, session);
    const [oldest] = this.sessions.keys();
    if (this.sessions.size > MOST_SESSIONS && oldest !== undefined) this.sessions.delete(oldest);
  }

  delete(server: string): void {
    this.sessions.delete(server);
  }
}
