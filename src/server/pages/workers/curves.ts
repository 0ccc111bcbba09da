import type { Values } from "../../../dashboard/chart.ts";
import type { Curves } from "../../../dashboard/workers/workers-model.ts";
import type { UsageSample } from "../../stream/feed.ts";

const points = 60;

/** Equal steps up to now. A step without a sample is a gap, unless samples come less often. */
export function curvesOf(
  samples: readonly UsageSample[],
  { now, lengthMs }: { readonly now: number; readonly lengthMs: number },
): Curves | undefined {
  const stepMs = lengthMs / points;
  const steps: (UsageSample | undefined)[] = Array.from({ length: points });
  for (const sample of samples) {
    const at = points - 1 - Math.floor((now - sample.at) / stepMs);
    if (at >= 0 && at < points) steps[at] = sample;
  }
  const filled = bridge(steps, Math.ceil(restOf(samples) / stepMs));
  if (filled.every((sample) => sample === undefined)) return undefined;
  return {
    memory: filled.map((sample) => sample?.memory) as Values,
    cpu: filled.map((sample) => sample?.cpuPercent) as Values,
  };
}

/** How long it usually is from one sample to the next. */
function restOf(samples: readonly UsageSample[]): number {
  const rests = samples.slice(1).map(({ at }, before) => at - (samples[before]?.at ?? at));
  return rests.toSorted((a, b) => a - b)[Math.floor(rests.length / 2)] ?? 0;
}

/** Steps between two samples that follow each other as usual have the value of the first. */
function bridge(
  steps: readonly (UsageSample | undefined)[],
  usual: number,
): (UsageSample | undefined)[] {
  let last: UsageSample | undefined;
  let since = 0;
  return steps.map((sample) => {
    since = sample === undefined ? since + 1 : 0;
    last = sample ?? last;
    return since <= usual + 1 ? last : undefined;
  });
}
