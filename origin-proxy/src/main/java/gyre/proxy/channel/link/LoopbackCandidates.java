package gyre.proxy.channel.link;

import gyre.operations.config.IceConfig;
import java.net.NetworkInterface;
import java.net.SocketException;

/** Whether candidates are taken from the loopback interface: where it is asked for, or the only. */
final class LoopbackCandidates {
  private LoopbackCandidates() {}

  static boolean wanted(IceConfig.Loopback loopback) {
    return switch (loopback) {
      case ON -> true;
      case OFF -> false;
      case AUTO -> onlyLoopbackIsUp();
    };
  }

  private static boolean onlyLoopbackIsUp() {
    try {
      return NetworkInterface.networkInterfaces().noneMatch(LoopbackCandidates::isUpElsewhere);
    } catch (SocketException e) {
      return false; // cannot be told: behave as on an ordinary machine
    }
  }

  private static boolean isUpElsewhere(NetworkInterface candidate) {
    try {
      return candidate.isUp() && !candidate.isLoopback();
    } catch (SocketException e) {
      return false;
    }
  }
}
