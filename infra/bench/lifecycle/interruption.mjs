const undoing = new Set();
let listening = false;

/** What must happen when the bench is interrupted before `work` is done: the latest first. */
export async function undoneBy(undo, work) {
  if (!listening)
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => void undoAll());
  listening = true;
  undoing.add(undo);
  try {
    return await work();
  } finally {
    undoing.delete(undo);
  }
}

async function undoAll() {
  for (const undo of [...undoing].reverse()) await undo().catch((error) => console.error(error));
  process.exit(130);
}
