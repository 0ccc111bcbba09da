export type RatioName =
  | "settle and claim one / SQLite alone"
  | "settle and claim 100 / SQLite alone"
  | "submit 100 / SQLite alone"
  | "bytes written by a settle and claim / SQLite alone"
  | "claim behind 20,000 / behind 500";

export type Ratios = Readonly<Record<RatioName, number>>;

/** About twice what was measured when they were set; see NOTES.md. */
export const limits: readonly { readonly name: RatioName; readonly most: number }[] = [
  { name: "settle and claim one / SQLite alone", most: 7 },
  { name: "settle and claim 100 / SQLite alone", most: 8 },
  { name: "submit 100 / SQLite alone", most: 7 },
  { name: "bytes written by a settle and claim / SQLite alone", most: 3 },
  { name: "claim behind 20,000 / behind 500", most: 2 },
];

/** What is beyond its limit; what the system does not tell is not. */
export function judge(ratios: Ratios): string[] {
  return limits.flatMap(({ name, most }) => (ratios[name] > most ? [name] : []));
}
