package gyre.proxy.message;

/** One final HTTP response. Whoever takes it closes its body. */
public record Response(int status, Headers headers, Body body) {}
