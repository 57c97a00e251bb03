package gyre.operations.config;

import gyre.operations.address.AddressRanges;

/** What origin-proxy's public listeners have in common: whose word on the client counts. */
public record FrontConfig(AddressRanges trustedProxies) {}
