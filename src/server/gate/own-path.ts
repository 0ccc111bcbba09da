/** A path of this server that somebody else may have written; anything else is `/`. */
export function ownPath(wanted: string | undefined): string {
  const here = "http://here.invalid";
  // Browsers read "\\" as "/", and skip tabs and line ends.
  if (wanted === undefined || !/^\/(?![/\\])[^\\\p{Cc}]*$/u.test(wanted)) return "/";
  const url = URL.parse(wanted, here);
  if (url?.origin !== here || url.pathname.startsWith("//")) return "/";
  return url.pathname + url.search;
}
