import { describe, expect, it } from 'vitest';
import { SendWindow } from '../../../../src/engine/ping/send-window.js';

function replies(window: SendWindow, count: number, drops: number): void {
  for (let reply = 0; reply < count; reply++) window.onReply(drops);
}

describe('SendWindow', () => {
  it('is as wide as it may be while nothing is dropped', () => {
    const window = new SendWindow(1000);
    replies(window, 5000, 0);
    expect(window.limit).toBe(1000);
  });

  it('halves once for the drops of one round trip', () => {
    const window = new SendWindow(1000);
    window.onReply(10);
    window.onReply(20);
    window.onReply(30);
    expect(window.limit).toBe(500);
  });

  it('halves again for drops after that, but never below 16', () => {
    const window = new SendWindow(1000);
    for (let drops = 1; drops <= 2000; drops++) window.onReply(drops);
    expect(window.limit).toBe(16);
  });

  it('widens by about one a window of replies', () => {
    const window = new SendWindow(1000);
    window.onReply(1);
    replies(window, 500, 1);
    expect(window.limit).toBeGreaterThan(500.9);
    expect(window.limit).toBeLessThan(501.1);
    replies(window, 1_000_000, 1);
    expect(window.limit).toBe(1000);
  });

  it('does not widen a window that the user wants narrower than 16', () => {
    const window = new SendWindow(4);
    window.onReply(1);
    expect(window.limit).toBe(4);
  });
});
