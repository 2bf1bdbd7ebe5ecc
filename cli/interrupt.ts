/** What asks a program to end: Ctrl+C, the system, a terminal that is closed. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * The first of them is handed on, so that a job can come to a safe point; whoever sends another one means at once.
 * @returns takes the listening back
 */
export function onInterrupt(first: () => void, again: () => void): () => void {
  let heard = false;
  const listener = (): void => {
    if (heard) again();
    else first();
    heard = true;
  };
  for (const signal of SIGNALS) process.on(signal, listener);
  return () => {
    for (const signal of SIGNALS) process.off(signal, listener);
  };
}
