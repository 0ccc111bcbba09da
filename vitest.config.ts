import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts"],
    exclude: ["**/node_modules/**", "test/chaos/**"],
    pool: "forks",
    maxWorkers: 3,
    // Met only by what hangs: a busy machine takes half a minute for some tests of many processes.
    testTimeout: 90_000,
    hookTimeout: 90_000,
    // A second, as it comes, is too short for processes that start on a busy machine.
    expect: { poll: { timeout: 20_000 } },
  },
});
