/** Our timers, and the executors', let the process end; whoever waits for us does not. */
export async function stayingAlive<T>(wait: () => Promise<T>): Promise<T> {
  const hold = setInterval(() => {}, 60_000);
  try {
    return await wait();
  } finally {
    clearInterval(hold);
  }
}
