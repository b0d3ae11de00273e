import { defineConfig } from 'vitest/config';

/** What a test waits for comes at once or not at all; a busy machine may take its time. */
const PATIENCE = { testTimeout: 60_000, hookTimeout: 60_000, expect: { poll: { timeout: 10_000 } } };

/** One project a tier: a tier is what its tests need, and `vitest --project NAME` runs it alone. */
const tier = (name: string, options: Record<string, unknown> = {}) => ({
  test: { name, include: [`test/${name}/**/*.test.ts`], ...PATIENCE, ...options },
});

export default defineConfig({
  test: {
    projects: [
      tier('unit'),
      tier('simulation'),
      tier('kernel', { pool: 'forks' }),
      tier('namespaces', { pool: 'forks' }),
      tier('interop', { pool: 'forks' }),
    ],
  },
});
