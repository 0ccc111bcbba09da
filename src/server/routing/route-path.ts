import type { Route } from "../route.ts";

/** Without the trailing slash, which is forgiven everywhere. */
export function barePath(path: string): string {
  return path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path;
}

/** `/api/workers/status` is asked before `/api/workers/:id`, wherever they stand in the table. */
export function moreSpecificFirst(a: Route, b: Route): number {
  const [left, right] = [segmentsOf(a.path), segmentsOf(b.path)];
  for (const [at, segment] of left.entries()) {
    const other = right[at];
    if (other === undefined) break;
    const difference = vagueness(segment) - vagueness(other);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** The routes that a path belongs to, whatever their method; of `add` none that take any `:id`. */
export function routesAt(path: string, routes: readonly Route[]): readonly Route[] {
  const wanted = segmentsOf(barePath(path));
  const fitting = routes.filter((route) => fits(segmentsOf(route.path), wanted));
  const [first] = fitting.toSorted(moreSpecificFirst);
  return fitting.filter((route) => first && moreSpecificFirst(first, route) === 0);
}

/** Whether it is an address as it stands, with no part to be filled in. */
export function isLiteral(path: string): boolean {
  return segmentsOf(path).every((segment) => vagueness(segment) === 0);
}

function segmentsOf(path: string): readonly string[] {
  return barePath(path).split("/").slice(1);
}

function fits(pattern: readonly string[], path: readonly string[]): boolean {
  const isOpen = pattern.at(-1) === "*" || pattern.at(-1)?.includes("{") === true;
  if (isOpen ? path.length < pattern.length : path.length !== pattern.length) return false;
  return pattern.every((part, at) => vagueness(part) > 0 || part === path[at]);
}

function vagueness(segment: string): number {
  if (segment === "*" || segment.includes("{")) return 2;
  return segment.startsWith(":") ? 1 : 0;
}
