const SIGNALS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;
const undone: Array<() => void> = [];
let listens = false;

/**
 * Has something undone when this program ends, be it by a failure or by Ctrl-C; what was made last is undone
 * first. Returns the way to undo it sooner.
 * @param undo must do its work at once: at the end nothing waits any more
 */
export function atEnd(undo: () => void): () => void {
  if (!listens) listen();
  undone.push(undo);
  return () => {
    const index = undone.indexOf(undo);
    if (index < 0) return;
    undone.splice(index, 1);
    undo();
  };
}

function listen(): void {
  listens = true;
  process.on('exit', () => {
    for (const undo of undone.splice(0).reverse()) undo();
  });
  for (const [signal, number] of Object.entries(SIGNALS)) {
    process.on(signal, () => process.exit(128 + number));
  }
}
