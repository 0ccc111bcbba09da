import { type Html, html } from "../html.ts";

/** Green up to 60 %, yellow to 80 %, red above; what it stands beside says it in words. */
export function memoryMeter(params: {
  readonly value: number;
  readonly top: number;
  readonly label: string;
}): Html {
  const { value, top, label } = params;
  const percent = top <= 0 ? 0 : Math.min(100, Math.max(0, Math.round((value / top) * 100)));
  return html`<meter min="0" max="100" low="60.5" high="80.5" optimum="0" value="${percent}" aria-label="${label}">${percent} %</meter>`;
}
