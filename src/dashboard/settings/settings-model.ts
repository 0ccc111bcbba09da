import type { ApiKey } from "../../store/access-store.ts";
import type { Viewer } from "../page.ts";

export interface SettingsModel {
  readonly viewer: Viewer;
  readonly now: number;
  readonly values: readonly SettingValue[];
  /** Files that were looked for. */
  readonly files: readonly { readonly path: string; readonly exists: boolean }[];
  /** Absent for those who may not see them. */
  readonly keys?: readonly ApiKey[];
  /** No key is in force: whoever reaches this machine's loopback may do everything. */
  readonly isOpen: boolean;
  readonly versions: readonly (readonly [string, string])[];
}

/** One key of the configuration. */
export interface SettingValue {
  readonly key: string;
  /** As in a file; absent when it is not set. */
  readonly value?: string;
  /** Who said it. */
  readonly origin: string;
  readonly isDefault: boolean;
}
