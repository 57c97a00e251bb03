// A bare data channel between two pages: what the wire gives without Gyre. The driver carries the descriptions.
window.pump = (() => {
  const MESSAGE = 65536;
  const HIGH = 4 << 20;
  const LOW = 1 << 20;
  const connection = new RTCPeerConnection();
  let channel;
  let receiving;

  const gathered = () =>
    new Promise((resolve) => {
      const done = () => connection.iceGatheringState === 'complete' && resolve(connection.localDescription.sdp);
      connection.addEventListener('icegatheringstatechange', done);
      done();
    });

  const use = (opened) => {
    channel = opened;
    channel.binaryType = 'arraybuffer';
    channel.bufferedAmountLowThreshold = LOW;
    channel.onmessage = ({ data }) => (typeof data === 'string' ? send(Number(data)) : receiving(data.byteLength));
  };

  const send = async (bytes) => {
    const message = new Uint8Array(MESSAGE);
    for (let sent = 0; sent < bytes; sent += MESSAGE) {
      if (channel.bufferedAmount > HIGH) {
        await new Promise((resolve) => channel.addEventListener('bufferedamountlow', resolve, { once: true }));
      }
      channel.send(message);
    }
  };

  connection.ondatachannel = ({ channel }) => use(channel);
  return {
    offer: async () => {
      use(connection.createDataChannel('pump'));
      await connection.setLocalDescription();
      return gathered();
    },
    answer: async (sdp) => {
      await connection.setRemoteDescription({ type: 'offer', sdp });
      await connection.setLocalDescription();
      return gathered();
    },
    accept: (sdp) => connection.setRemoteDescription({ type: 'answer', sdp }),
    isOpen: () => channel?.readyState === 'open',
    // Asks the other side for so many bytes: milliseconds to the first and to the last of them.
    take: (bytes) =>
      new Promise((resolve) => {
        const began = performance.now();
        let first = 0;
        let taken = 0;
        receiving = (length) => {
          first ||= performance.now() - began;
          taken += length;
          if (taken >= bytes) resolve([first, performance.now() - began, taken]);
        };
        channel.send(String(bytes));
      }),
  };
})();
