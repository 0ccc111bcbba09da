/**
 * Physical cores among the processors that we may run on. Where the kernel names no cores
 * (many ARM and virtual machines) each processor counts as one.
 */
export function countPhysicalCores(cpuinfo: string, ownStatus: string): number {
  const allowed = allowedProcessors(ownStatus);
  const cores = new Set<string>();
  for (const block of cpuinfo.split(/\n\s*\n/)) {
    const processor = lineOf(block, "processor");
    if (processor === undefined || allowed?.has(Number(processor)) === false) continue;
    const core = lineOf(block, "core id");
    cores.add(
      core === undefined ? `processor ${processor}` : `${lineOf(block, "physical id")}:${core}`,
    );
  }
  return Math.max(1, cores.size);
}

function lineOf(block: string, name: string): string | undefined {
  return new RegExp(`^${name}\\s*: (\\S+)`, "m").exec(block)?.[1];
}

/** From `Cpus_allowed_list: 0-3,8`. */
function allowedProcessors(status: string): ReadonlySet<number> | undefined {
  const list = /^Cpus_allowed_list:\s*(\S+)/m.exec(status)?.[1];
  if (list === undefined) return undefined;
  const allowed = new Set<number>();
  for (const range of list.split(",")) {
    const [first = 0, last = first] = range.split("-").map(Number);
    for (let processor = first; processor <= last; processor++) allowed.add(processor);
  }
  return allowed;
}
