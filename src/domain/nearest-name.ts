/**
 * The known name that somebody probably meant, if one is near enough to be worth naming.
 * Case, "-" and "_" do not count.
 */
export function nearestName(word: string, known: Iterable<string>): string | undefined {
  let nearest: string | undefined;
  let least = Math.max(Math.min(2, word.length - 2), Math.floor(word.length / 3)) + 1;
  for (const name of known) {
    const distance = editDistance(fold(word), fold(name));
    if (distance < least) [nearest, least] = [name, distance];
  }
  return nearest;
}

function fold(name: string): string {
  return name.toLowerCase().replaceAll(/[-_]/g, "");
}

/** Insertions, deletions, replacements, and neighbours that have changed places. */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 0; i < a.length; i++) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++) {
      const replaced = (row[j] ?? 0) + (a[i] === b[j] ? 0 : 1);
      const isSwapped = i > 0 && j > 0 && a[i] === b[j - 1] && a[i - 1] === b[j];
      const swapped = isSwapped ? (before[j - 1] ?? 0) + 1 : Infinity;
      next.push(Math.min(replaced, swapped, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    [before, row] = [row, next];
  }
  return row[b.length] ?? 0;
}
