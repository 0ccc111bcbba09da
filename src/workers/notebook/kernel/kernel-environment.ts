import type { Environment } from "./kernelspecs.ts";

/** Ours, and those of the tools that started us: no notebook's business. */
const withheld =
  /^(CLX_(?!WORKER_ID$|TEST_RUN$)|npm_|NODE_|VITEST|FORCE_COLOR$|NO_COLOR$|PYTHONHASHSEED$)/;

/** What is in the worker's environment, for finding programs. */
export function ownEnvironment(): Environment {
  return process.env;
}

/**
 * What a kernel gets: the worker's environment without what is ours, and settings of its own, so
 * that what an author has configured for work in person does not change what is published.
 * `CLX_WORKER_ID` stays: whoever ends the worker finds its kernels by it.
 */
export function kernelEnvironment(params: {
  readonly own: Readonly<Record<string, string>>;
  readonly mark: string;
  readonly folders: { readonly temp: string; readonly settings: string };
}): Record<string, string> {
  const inherited = Object.entries(ownEnvironment()).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !withheld.test(entry[0]),
  );
  return {
    ...Object.fromEntries(inherited),
    PYTHONHASHSEED: "0",
    PYTHONDONTWRITEBYTECODE: "1",
    PYTHONUTF8: "1",
    PYDEVD_DISABLE_FILE_VALIDATION: "1",
    ...params.own,
    IPYTHONDIR: params.folders.settings,
    JUPYTER_RUNTIME_DIR: params.folders.settings,
    MPLCONFIGDIR: params.folders.settings,
    TMPDIR: params.folders.temp,
    JPY_PARENT_PID: String(process.pid),
    CLX_KERNEL: params.mark,
  };
}
