package gyre.load.benchmark;

/** What a load generator saw in one run. {@code notOk}: answers other than 2xx and 3xx. */
record LoadRun(long requests, double perSecond, double p50Millis, double p99Millis, long notOk) {}
