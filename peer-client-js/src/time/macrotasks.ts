/** Runs tasks in order, each in a turn of the event loop of its own. */
export function macrotasks(): (task: () => void) => void {
  const tasks: (() => void)[] = [];
  let wake: MessagePort | undefined;
  const open = () => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => tasks.shift()?.();
    return port2;
  };
  return (task) => {
    tasks.push(task);
    wake ??= open();
    wake.postMessage(null);
  };
}
