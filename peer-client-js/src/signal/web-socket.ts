import type { Socket } from './types.js';

/** Opens a WebSocket. Fails where `url` is none. */
export function webSocket(url: string): Socket {
  const socket = new WebSocket(url);
  socket.binaryType = 'arraybuffer';
  return {
    get bufferedAmount() {
      return socket.bufferedAmount;
    },
    send(message) {
      // Closing is told by an event; what is sent until then is lost anyway.
      if (socket.readyState === WebSocket.OPEN) socket.send(message);
    },
    close() {
      socket.close();
    },
    listen(listener) {
      socket.onopen = () => {
        listener.onOpen();
      };
      socket.onmessage = ({ data }: MessageEvent<unknown>) => {
        listener.onMessage(data instanceof ArrayBuffer ? new Uint8Array(data) : undefined);
      };
      socket.onclose = () => {
        listener.onClose();
      };
    },
  };
}
