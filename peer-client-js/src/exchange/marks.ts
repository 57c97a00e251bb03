/** How full a channel may get, in bytes; measured on data channels between two Chromium processes. */
export const LOW_WATER = 2 ** 20;
export const HIGH_WATER = 4 * 2 ** 20;
/** Above this the other side takes nothing in while it goes on asking. `send` itself fails at 16 MiB. */
export const FLOOD = 8 * 2 ** 20;
/** A message holds one frame of a full payload, or as many small ones. Larger messages gain nothing. */
export const MESSAGE_TARGET = 65_536 + 16;
