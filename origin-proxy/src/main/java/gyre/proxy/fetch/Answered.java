package gyre.proxy.fetch;

import gyre.proxy.message.Response;

/** A response and where it came from. */
record Answered(Source source, Response response) {}
