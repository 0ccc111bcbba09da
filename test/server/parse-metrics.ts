export interface ParsedMetric {
  readonly type: string;
  readonly help: string;
  readonly samples: readonly ParsedSample[];
}

export interface ParsedSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const name = "[a-zA-Z_:][a-zA-Z0-9_:]*";
const label = '[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\\\\n]|\\\\["\\\\n])*"';
const sampleForm = new RegExp(`^(${name})(?:\\{(${label}(?:,${label})*)\\})? (\\S+)$`);
const suffixes: Readonly<Record<string, readonly string[]>> = {
  counter: [""],
  gauge: [""],
  summary: ["", "_sum", "_count"],
  histogram: ["_bucket", "_sum", "_count"],
};

/** Reads Prometheus' text format 0.0.4 as strictly as it can be read; throws at the first fault. */
export function parseMetrics(text: string): Map<string, ParsedMetric> {
  if (!text.endsWith("\n")) throw new Error("the last line has no end");
  const metrics = new Map<string, ParsedMetric & { samples: ParsedSample[] }>();
  const seen = new Set<string>();
  let current = "";
  const lines = text.slice(0, -1).split("\n");
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] ?? "";
    const help = new RegExp(`^# HELP (${name}) (.+)$`).exec(line);
    if (help !== null) {
      current = help[1] ?? "";
      const type = /^# TYPE (\S+) (counter|gauge|histogram|summary)$/.exec(lines[++index] ?? "");
      if (type?.[1] !== current) throw new Error(`${current} has no type after its help`);
      if (metrics.has(current)) throw new Error(`${current} comes twice`);
      metrics.set(current, { type: type[2] ?? "", help: help[2] ?? "", samples: [] });
      continue;
    }
    const found = sampleForm.exec(line);
    const metric = metrics.get(current);
    if (found === null || metric === undefined) throw new Error(`not a sample: ${line}`);
    const allowed = suffixes[metric.type] ?? [];
    const known = allowed.some((suffix) => found[1] === `${current}${suffix}`);
    if (!known) throw new Error(`${found[1]} stands under ${current}`);
    if (seen.has(`${found[1]}{${found[2]}}`)) throw new Error(`a series comes twice: ${line}`);
    seen.add(`${found[1]}{${found[2]}}`);
    metric.samples.push({
      name: found[1] ?? "",
      labels: readLabels(found[2] ?? ""),
      value: readValue(found[3] ?? ""),
    });
  }
  for (const [own, metric] of metrics) checkMetric(own, metric);
  return metrics;
}

function readLabels(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const [whole] of text.matchAll(new RegExp(label, "g"))) {
    const at = whole.indexOf("=");
    const key = whole.slice(0, at);
    if (key in labels) throw new Error(`a label comes twice: ${text}`);
    labels[key] = whole
      .slice(at + 2, -1)
      .replaceAll(/\\(["\\n])/g, (_, sign: string) => (sign === "n" ? "\n" : sign));
  }
  return labels;
}

function readValue(text: string): number {
  if (text === "+Inf") return Number.POSITIVE_INFINITY;
  if (text === "-Inf") return Number.NEGATIVE_INFINITY;
  if (text === "NaN") return Number.NaN;
  if (!/^-?\d+(\.\d+)?(e[+-]?\d+)?$/.test(text)) throw new Error(`not a number: ${text}`);
  return Number(text);
}

function checkMetric(own: string, { type, samples }: ParsedMetric): void {
  if (samples.length === 0) throw new Error(`${own} has no samples`);
  if ((type === "counter") !== own.endsWith("_total")) throw new Error(`${own} is a ${type}`);
  if (type === "counter" && samples.some(({ value }) => !(value >= 0))) {
    throw new Error(`${own} is less than nothing`);
  }
  if (type === "histogram") checkHistogram(own, samples);
}

/** Buckets only ever grow, and the last has what is counted. */
function checkHistogram(own: string, samples: readonly ParsedSample[]): void {
  const series = new Map<string, { bound: number; below: number; buckets: number }>();
  for (const { name: sample, labels, value } of samples) {
    const { le, ...rest } = labels;
    const key = JSON.stringify(rest);
    const known = series.get(key) ?? { bound: Number.NEGATIVE_INFINITY, below: 0, buckets: 0 };
    if (sample === `${own}_bucket`) {
      const bound = readValue(le ?? "");
      if (bound <= known.bound || value < known.below) throw new Error(`${own} is out of order`);
      series.set(key, { bound, below: value, buckets: known.buckets + 1 });
    }
    const isWhole = known.bound === Number.POSITIVE_INFINITY && known.below === value;
    if (sample === `${own}_count` && !isWhole) throw new Error(`${own} does not add up`);
  }
}
