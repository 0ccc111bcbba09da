/** A worker's page asks which tasks it lost or gave back: few, among all that happened to all tasks. */
export const lostTasksIndex = `
create index worker_events_of_losses on worker_events (worker_id, id)
  where event_type in ('task_requeued', 'task_released');
`;
