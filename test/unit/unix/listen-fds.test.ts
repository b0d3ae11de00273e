import { describe, expect, test } from 'vitest';
import { listenFds } from '../../../src/sockets/unix/activation/listen-fds.js';

describe('the environment of socket activation', () => {
  test('of another process gives nothing, and is taken away all the same', () => {
    const environment = { LISTEN_PID: '1', LISTEN_FDS: '2', LISTEN_FDNAMES: 'a:b', OTHER: 'stays' };
    expect(listenFds({ environment })).toEqual([]);
    expect(environment).toEqual({ OTHER: 'stays' });
  });

  test.each([
    [{}],
    [{ LISTEN_PID: String(process.pid) }],
    [{ LISTEN_FDS: '1' }],
    [{ LISTEN_PID: String(process.pid), LISTEN_FDS: '0' }],
    [{ LISTEN_PID: String(process.pid), LISTEN_FDS: 'many' }],
    [{ LISTEN_PID: String(process.pid), LISTEN_FDS: '-1' }],
    [{ LISTEN_PID: `${process.pid}x`, LISTEN_FDS: '1' }],
  ])('%j promises nothing', environment => {
    expect(listenFds({ environment })).toEqual([]);
  });
});
