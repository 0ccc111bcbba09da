import { type Config, lookUpForType } from "../../config/config.ts";
import { describeOrigin } from "../../config/origin.ts";
import { resolvePool } from "../../config/pool-settings.ts";
import { ClxError } from "../../domain/errors.ts";
import { configuredPool } from "../../library/configured-pool.ts";
import type { PoolSpec } from "../../supervisor/pool.ts";

export interface WantedPoolParams {
  readonly config: Config;
  readonly type: string;
  readonly persistent: boolean;
  readonly cwd: string;
}

/** The pool of a type that somebody named: it must have workers, and this version must run them. */
export function wantedPool(params: WantedPoolParams): PoolSpec {
  const pool = possiblePool(params);
  if (pool.count === 0) throw noCount(params.config, params.type);
  return pool;
}

/** The pool of a type, as this version can run it; its count may be 0. */
export function possiblePool({ config, type, ...rest }: WantedPoolParams): PoolSpec {
  const settings = resolvePool(config, type);
  if (settings.mode === "docker") throw noDocker(config, type);
  return configuredPool(settings, rest);
}

function noDocker(config: Config, type: string): ClxError {
  const source = describeOrigin(lookUpForType(config, type, "execution_mode").origin);
  return new ClxError(
    "unsupported_platform",
    `the ${type} workers shall run in Docker (${source}), which this version cannot do; use --workers=direct`,
  );
}

function noCount(config: Config, type: string): ClxError {
  const source = describeOrigin(lookUpForType(config, type, "count").origin);
  return new ClxError(
    "invalid_value",
    `the count of ${type} workers is 0 (${source}); say how many: --count 1`,
  );
}
