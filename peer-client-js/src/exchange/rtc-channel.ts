import { LOW_WATER } from './marks.js';
import type { Channel } from './types.js';

/** An RTCDataChannel, in a page or transferred to a worker, as exchanges see it. */
export function rtcChannel(channel: RTCDataChannel): Channel {
  channel.binaryType = 'arraybuffer';
  channel.bufferedAmountLowThreshold = LOW_WATER;
  return {
    get bufferedAmount() {
      return channel.bufferedAmount;
    },
    send(message) {
      channel.send(message);
    },
    close() {
      channel.close();
    },
    listen(listener) {
      channel.onopen = () => {
        listener.onOpen();
      };
      channel.onmessage = ({ data }: MessageEvent<unknown>) => {
        // A text message decodes to no frame at all: the engine closes the channel for it.
        listener.onMessage(data instanceof ArrayBuffer ? new Uint8Array(data) : new Uint8Array(0));
      };
      channel.onbufferedamountlow = () => {
        listener.onDrained();
      };
      channel.onclose = () => {
        listener.onClose();
      };
      if (channel.readyState === 'open') listener.onOpen();
      else if (channel.readyState !== 'connecting') listener.onClose();
    },
  };
}
