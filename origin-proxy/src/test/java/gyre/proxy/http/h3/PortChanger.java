package gyre.proxy.http.h3;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.util.concurrent.atomic.AtomicReference;

/** Passes one client's packets on, from a port that it changes when it is told to, as NAT does. */
final class PortChanger implements AutoCloseable {
  private final InetSocketAddress server;
  private final DatagramSocket inside = open();
  private final AtomicReference<DatagramSocket> outside = new AtomicReference<>();
  private volatile SocketAddress client;

  PortChanger(InetSocketAddress server) throws SocketException {
    this.server = server;
    this.client = server; // until there is one
    change();
    Thread.ofVirtual().start(this::passOn);
  }

  private static DatagramSocket open() throws SocketException {
    return new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  InetSocketAddress address() {
    return (InetSocketAddress) inside.getLocalSocketAddress();
  }

  /** What the server sends to the port from before is lost. */
  void change() throws SocketException {
    DatagramSocket next = open();
    DatagramSocket before = outside.getAndSet(next);
    if (before != null) {
      before.close();
    }
    Thread.ofVirtual().start(() -> passBack(next));
  }

  private void passOn() {
    try {
      while (true) {
        DatagramPacket packet = receive(inside);
        client = packet.getSocketAddress();
        packet.setSocketAddress(server);
        outside.get().send(packet);
      }
    } catch (IOException e) {
      inside.close();
    }
  }

  private void passBack(DatagramSocket from) {
    try {
      while (true) {
        DatagramPacket packet = receive(from);
        packet.setSocketAddress(client);
        inside.send(packet);
      }
    } catch (IOException e) {
      from.close();
    }
  }

  private static DatagramPacket receive(DatagramSocket socket) throws IOException {
    DatagramPacket packet = new DatagramPacket(new byte[2_048], 2_048);
    socket.receive(packet);
    return packet;
  }

  @Override
  public void close() {
    inside.close();
    outside.get().close();
  }
}
