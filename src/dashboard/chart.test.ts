import { describe, expect, it } from "vitest";
import { chart, dotsPath, linePath, niceTop, sparkline } from "./chart.ts";
import { html } from "./html.ts";

const plot = { width: 40, height: 20, top: 10 };

describe("a curve", () => {
  it("leaves a gap where nothing is known, and does not call that zero", () => {
    const path = linePath({ ...plot, values: [0, 10, undefined, 5, 5] });

    expect(path).toBe("M0 19L10 1M30 10L40 10");
  });

  it("shows a value between two gaps as a dot", () => {
    const values = [undefined, 10, undefined, undefined, 0];

    expect(linePath({ ...plot, values })).toBe("");
    expect(dotsPath({ ...plot, values })).toBe("M10 1h0M40 19h0");
  });

  it("draws nothing where there is nothing", () => {
    expect(linePath({ ...plot, values: [] })).toBe("");
    expect(linePath({ ...plot, values: [undefined, undefined] })).toBe("");
  });

  it("is an image with a sentence", () => {
    const drawn = sparkline({ values: [1, 2], sentence: 'Memory "now"' }).toString();

    expect(drawn).toContain('role="img" aria-label="Memory &quot;now&quot;"');
  });

  it.each([
    [0, 1],
    [0.3, 0.4],
    [1, 1],
    [7, 8],
    [13, 20],
    [61, 80],
    [999, 1_000],
  ])("has a scale that ends at a round number: %d under %d", (value, top) => {
    expect(niceTop(value)).toBeCloseTo(top);
  });

  it("tells all its numbers in a table, and what is unknown as such", () => {
    const drawn = chart({
      id: "one",
      title: "Tasks",
      sentence: "Two tasks.",
      series: [{ label: "completed", values: [2, undefined], tone: "completed", latest: "2" }],
      points: [html`14:01`, html`14:02`],
      scale: ["then", "now"],
      tell: String,
      pointHead: "Minute",
    }).toString();

    expect(drawn).toContain('14:01</th><td class="number">2</td>');
    expect(drawn).toContain('14:02</th><td class="number">–</td>');
  });
});
