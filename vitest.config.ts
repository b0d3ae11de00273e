import { defineConfig } from 'vitest/config';

/** One project a tier: a tier is what its tests need, and `vitest --project NAME` runs it alone. */
const tier = (name: string, options: Record<string, unknown> = {}) => ({
  test: { name, include: [`test/${name}/**/*.test.ts`], testTimeout: 60_000, hookTimeout: 60_000, ...options },
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
