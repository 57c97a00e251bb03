import type { Channel, ChannelListener } from '../exchange/types.js';
import type { Proxied } from '../port/messages.js';

/** The same channel, which also tells when it opens. */
export function observeOpen(channel: Channel, onOpen: () => void): Channel {
  return {
    get bufferedAmount() {
      return channel.bufferedAmount;
    },
    send: (message) => channel.send(message),
    close: () => channel.close(),
    listen: (listener) =>
      channel.listen({
        onOpen() {
          onOpen();
          listener.onOpen();
        },
        onMessage: (message) => listener.onMessage(message),
        onDrained: () => listener.onDrained(),
        onClose: () => listener.onClose(),
      }),
  };
}

/** A channel whose real end stays in the page; `port` leads there. */
export function portChannel(port: MessagePort): Channel {
  let bufferedAmount = 0;
  return {
    get bufferedAmount() {
      return bufferedAmount;
    },
    send(bytes) {
      bufferedAmount += bytes.byteLength;
      const copy = bytes.slice();
      port.postMessage({ type: 'message', bytes: copy } satisfies Proxied, [copy.buffer]);
    },
    close() {
      port.postMessage({ type: 'close' } satisfies Proxied);
      port.close();
    },
    listen(listener: ChannelListener) {
      port.onmessage = ({ data }: MessageEvent<Proxied>) => {
        switch (data.type) {
          case 'open':
            listener.onOpen();
            break;
          case 'message':
            listener.onMessage(data.bytes);
            break;
          case 'sent':
            bufferedAmount -= data.bytes;
            if (bufferedAmount <= LOW_WATER) listener.onDrained();
            break;
          case 'close':
            listener.onClose();
            port.close();
            break;
          default:
            data satisfies never;
        }
      };
    },
  };
}

const LOW_WATER = 1 << 20;
