/** A worker's page asks what became of it; the events of its tasks, thousands to one, are not read for that. */
export const workerEventsIndex = `
create index worker_events_of_workers on worker_events (worker_id, id)
  where substr(event_type, 1, 7) = 'worker_' or event_type = 'orphan_ended';
`;
