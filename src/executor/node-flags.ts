const mebibyte = 1024 * 1024;

/** What the workers' Node is told: its heap's limit, and to be small and quiet. */
export function nodeFlags(memoryLimit: number | undefined): string[] {
  const flags = ["--disable-warning=ExperimentalWarning"];
  if (memoryLimit !== undefined) {
    flags.push(`--max-old-space-size=${Math.max(1, Math.floor(memoryLimit / mebibyte))}`);
  }
  return flags;
}
