import { Reader } from '../wire/reader.js';
import { Writer } from '../wire/writer.js';
import type { Socket, SocketListener } from './types.js';

/** A socket whose server is the test. */
export class FakeSocket implements Socket {
  bufferedAmount = 0;
  isClosed = false;
  readonly sent: Uint8Array[] = [];
  listener: SocketListener | undefined;

  listen(listener: SocketListener): void {
    this.listener = listener;
  }

  send(message: Uint8Array<ArrayBuffer>): void {
    this.sent.push(message);
  }

  close(): void {
    this.isClosed = true;
  }

  /** The tags of what was sent, in order. */
  get tags(): number[] {
    return this.sent.map((message) => {
      const reader = new Reader(message);
      reader.array(10);
      return reader.uint();
    });
  }

  say(write: (writer: Writer) => Writer): void {
    this.listener?.onMessage(write(new Writer()).finish());
  }

  welcome(heartbeatMs = 30_000, resumed = false): void {
    this.say((writer) =>
      writer
        .array(8)
        .uint(65)
        .str(`n1-${'a'.repeat(22)}`)
        .uint(heartbeatMs)
        .bin(new Uint8Array(16).fill(7))
        .bool(resumed)
        .array(0)
        .array(0)
        .array(0),
    );
  }
}
