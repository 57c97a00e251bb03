import type { Channel, ChannelListener } from '../exchange/types.js';

/** One end of the line between a page and its dedicated worker: the Worker there, the global scope here. */
export interface Line {
  post(message: ArrayBuffer): void;
  /** Called once; what arrives is not to be trusted: an app may post whatever it likes. */
  listen(onMessage: (data: unknown) => void): void;
}

/** Exchanges between the page and one of its dedicated workers travel in the same frames as those between peers. */
export function lineChannel(line: Line): Channel {
  let isClosed = false;
  return {
    bufferedAmount: 0,
    send(message) {
      line.post(message.slice().buffer);
    },
    close() {
      isClosed = true;
    },
    listen(listener: ChannelListener) {
      line.listen((data) => {
        if (!isClosed) listener.onMessage(data instanceof ArrayBuffer ? new Uint8Array(data) : new Uint8Array(0));
      });
      listener.onOpen();
    },
  };
}
