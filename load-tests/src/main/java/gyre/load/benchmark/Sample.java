package gyre.load.benchmark;

/** One transfer, and the CPU seconds that it took at both ends. */
record Sample(Transfer transfer, double cpuSeconds) {}
