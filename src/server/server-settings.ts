/** What holds for one server. Times are milliseconds, sizes bytes. */
export interface ServerSettings {
  readonly mode: ServeMode;
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
  readonly databasePath: string;
  /** How long running tasks may go on once the server is told to stop. */
  readonly shutdownMs: number;
  readonly bodyLimit: number;
  /** Requests a minute that one caller may make besides those of our own pages; 0 for no limit. */
  readonly rateLimit: number;
  /** How long a browser stays signed in. */
  readonly signInMs: number;
  /** Folders that tasks may name; their subfolders too. Empty: any, for callers of this machine alone. */
  readonly allowedFolders: readonly string[];
  /** The queue of tasks that name none. */
  readonly queue: string;
  readonly version: string;
}

export const serveModes = ["inline", "standalone", "managed"] as const;

export type ServeMode = (typeof serveModes)[number];
