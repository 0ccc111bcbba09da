import type { JupyterMessage } from "./jupyter-messages.ts";

/** What the worker and the thread that Python runs in say to each other. */
export type ToThread =
  | { readonly kind: "file"; readonly relative: string; readonly path: string }
  | { readonly kind: "text"; readonly relative: string; readonly text: string }
  | { readonly kind: "run"; readonly source: string };

export type FromThread =
  | { readonly kind: "ready" }
  | { readonly kind: "added" }
  /** In the words of Jupyter's kernels. */
  | { readonly kind: "output"; readonly message: JupyterMessage }
  | {
      readonly kind: "reply";
      readonly content: {
        readonly status: "ok" | "error";
        readonly execution_count: number;
        readonly ename?: string;
        readonly evalue?: string;
        readonly line?: number | null;
      };
    };
