/** Variables by their names: `process.env`, or what a test says. An empty one counts as not set. */
export type Environment = Readonly<Record<string, string | undefined>>;
