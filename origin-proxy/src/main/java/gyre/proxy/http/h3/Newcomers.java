package gyre.proxy.http.h3;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.handler.codec.quic.QuicSslContext;
import io.netty.util.Mapping;
import java.net.InetAddress;
import java.util.function.BiPredicate;

/**
 * Who may connect, and what is said to whom: {@code admission} counts a connection of this client
 * until its end, false where the client has as many as it may have; {@code tally} counts
 * handshakes; {@code certificates} by name, null for none.
 */
public record Newcomers(
    Mapping<String, QuicSslContext> certificates,
    ChannelHandler tally,
    BiPredicate<Channel, InetAddress> admission) {}
