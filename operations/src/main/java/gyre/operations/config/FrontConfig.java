package gyre.operations.config;

import gyre.operations.address.AddressRanges;

/**
 * What origin-proxy's public listeners have in common: whose word on the client counts. {@code
 * proxyProtocol}: whether connections to {@code listen} begin with a header of the PROXY protocol.
 */
public record FrontConfig(
    AddressRanges trustedProxies, boolean proxyProtocol, HttpsConfig https, DrainConfig drain) {}
