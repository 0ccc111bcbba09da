const gib = 1024 ** 3;
const mib = 1024 ** 2;

/** `1.5 GiB`, `12 MiB`, `0.1 MiB` */
export function bytes(count: number): string {
  if (count >= gib) return `${(count / gib).toFixed(1)} GiB`;
  return `${count >= 10 * mib ? Math.round(count / mib) : (count / mib).toFixed(1)} MiB`;
}
