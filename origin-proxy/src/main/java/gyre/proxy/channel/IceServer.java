package gyre.proxy.channel;

import java.util.List;

/** A STUN or TURN server; user name and credential are empty where none is needed. */
public record IceServer(List<String> urls, String username, String credential) {
  public IceServer {
    urls = List.copyOf(urls);
  }
}
