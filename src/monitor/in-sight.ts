import { layoutList } from "./layout.ts";
import { rowsOf, selectedIn } from "./rows.ts";
import { type MonitorState, withList } from "./state.ts";

/**
 * Until somebody moves, the first row is the chosen one, whichever it is. Then the list follows
 * its chosen row: whatever came or went above it, it stays chosen, in
 * sight, and at its place on the screen as long as there is something above the first row.
 */
export function keepInSight(state: MonitorState): MonitorState {
  if (state.seen === undefined) return state;
  const list = state.lists[state.pane];
  const rows = rowsOf(state);
  const { table } = layoutList(state.size);
  const selectedAt = selectedIn(rows, list);
  const selectedId = rows[selectedAt]?.id;
  const moved = list.top === 0 ? 0 : selectedAt - list.selectedAt;
  const top = within(list.top + moved, selectedAt - table + 1, selectedAt);
  return withList(state, {
    selectedAt,
    top: within(top, 0, Math.max(0, rows.length - table)),
    ...(list.selectedId !== undefined && selectedId !== undefined && { selectedId }),
  });
}

function within(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(value, most));
}
