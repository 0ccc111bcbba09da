/** Few events speak of pools, and who looks for the last of them must not read all the others. */
export const poolEventsIndex = `
create index worker_events_of_pools on worker_events (id)
  where event_type in ('pool_starting', 'pool_started', 'pool_stopping', 'pool_stopped',
                       'pool_gave_up', 'admission_refused');
`;
