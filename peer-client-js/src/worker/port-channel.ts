import type { Channel, ChannelListener } from '../exchange/types.js';

/** Exchanges between the page and one of its dedicated workers travel a MessagePort, in the same frames. */
export function portChannel(port: MessagePort): Channel {
  return {
    bufferedAmount: 0,
    send(message) {
      port.postMessage(message.buffer, [message.buffer]);
    },
    close() {
      port.close();
    },
    listen(listener: ChannelListener) {
      port.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => {
        listener.onMessage(new Uint8Array(data));
      };
      listener.onOpen();
    },
  };
}
