import { defineConfig } from "vitest/config";

/** Real processes and real signals: one scenario at a time for each of few runners. */
export default defineConfig({
  test: {
    include: ["test/chaos/**/*.test.ts"],
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 180_000,
    hookTimeout: 30_000,
  },
});
