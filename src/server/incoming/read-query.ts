/** Each name with its value, or with all of them when it comes more than once. */
export function readQuery(url: string): Record<string, string | string[]> {
  const from = url.indexOf("?");
  if (from < 0) return {};
  const values = new Map<string, string | string[]>();
  for (const [name, value] of new URLSearchParams(url.slice(from))) {
    const known = values.get(name);
    values.set(name, known === undefined ? value : [known, value].flat());
  }
  return Object.fromEntries(values);
}
